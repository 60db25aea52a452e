import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { estimateSecretBits, isStrongSecret } from '../../app/config/secret-strength.ts';
import { faultsOf, production, scratchFiles } from '../support/configuration.ts';

/** Each has at least 32 bytes. */
const weak: Readonly<Record<string, readonly string[]>> = {
  'one character': [
    'a'.repeat(32),
    `${' '.repeat(31)}\u00a0x`,
    '0'.repeat(64),
    'A'.repeat(500),
    '🔑'.repeat(16),
  ],
  'few characters': [
    'ab'.repeat(20),
    'aabbaabbbaababababbbaaabbabaabab',
    `${'0'.repeat(31)}1`,
    '01'.repeat(32),
  ],
  'a repeated word': [
    'secretsecretsecretsecretsecretsecret',
    'changemechangemechangemechangeme',
    'Passw0rd!Passw0rd!Passw0rd!Passw0rd!',
    'x7Kq9x7Kq9x7Kq9x7Kq9x7Kq9x7Kq9x7Kq9',
    'парольпарольпарольпарольпарольпароль',
  ],
  'a sequence': [
    'abcdefghijklmnopqrstuvwxyz012345',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF',
    '0123456789abcdef0123456789abcdef',
    'zyxwvutsrqponmlkjihgfedcba987654',
    'acegikmoqsuwybdfhjlnprtvxz135792',
    '12345678901234567890123456789012',
    'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6',
    Array.from({ length: 64 }, (_, index) => String.fromCharCode(48 + index)).join(''),
  ],
  'a keyboard walk': [
    'qwertyuiopasdfghjklzxcvbnm123456',
    '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9',
    'asdfghjklasdfghjklasdfghjklasdfghjkl',
    'QWERTYUIOPqwertyuiopQWERTYUIOPqwertyuiop',
  ],
  'a phrase': [
    'correct horse battery staple correct horse',
    'correcthorsebatterystaplecorrect',
    'the quick brown fox jumps over the lazy dog',
    'It was the best of times, it was the worst of times',
    'my super secret key for signing our tokens',
    'ThisIsMySecretKeyForJWTAuthService',
    'MySuperSecretKeyForJwtTokens2026',
    'MY_SUPER_SECRET_JWT_KEY_PRODUCTION',
    'dies ist mein geheimer schluessel fuer',
    'Je suis une phrase secrete en francais',
    'to-jest-moje-bardzo-tajne-haslo-do-tokenow',
  ],
  'common passwords': [
    'letmeinletmeinpasswordpassword123456',
    'password123password123password123',
    'supersecretjwtkeysupersecretjwtkey1',
    'drowssapdrowssapterces1drowssapterces',
    'iloveyou-dragon-monkey-football-123456',
  ],
  'a placeholder': ['your-256-bit-secret-your-256-bit', 'jwt-secret-production-do-not-share'],
  digits: ['31415926535897932384626433832795', '2026112703580220261127035802202611'],
  'a UUID': ['550e8400-e29b-41d4-a716-446655440000', 'F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6'],
};

/** Each encodes a weak text. */
const encoded = [
  'my super secret key for signing our tokens',
  'a'.repeat(48),
  'changeme-changeme-changeme-changeme',
].flatMap((text) =>
  (['base64', 'base64url', 'hex'] as const).map((form) => Buffer.from(text).toString(form)),
);

describe('the estimate of a shared secret', () => {
  for (const [what, secrets] of Object.entries(weak)) {
    it(`recognises ${what}`, () => {
      for (const secret of secrets) {
        expect(Buffer.byteLength(secret), secret).to.be.at.least(32);
        expect(estimateSecretBits(secret), secret).to.be.below(128);
      }
    });
  }

  it('recognises a weak text in base64 and hex', () => {
    for (const secret of encoded) expect(estimateSecretBits(secret), secret).to.be.below(128);
  });

  it('gives a simpler text fewer bits', () => {
    const bits = [
      'a'.repeat(32),
      'secretsecretsecretsecretsecretse',
      'correct horse battery staple four',
    ].map(estimateSecretBits);
    expect(bits).to.deep.equal([...bits].sort((one, other) => one - other));
    expect(bits[0]).to.be.below(16);
  });

  const generators: Readonly<Record<string, () => string>> = {
    '16 random bytes in hex': () => randomBytes(16).toString('hex'),
    '24 random bytes in base64': () => randomBytes(24).toString('base64'),
    '32 random bytes in base64url': () => randomBytes(32).toString('base64url'),
    '48 random bytes in base64': () => randomBytes(48).toString('base64'),
  };
  for (const [what, generate] of Object.entries(generators)) {
    it(`takes ${what} for random`, () => {
      const refused = Array.from({ length: 250 }, generate).filter((secret) => !isStrongSecret(secret));
      expect(refused).to.deep.equal([]);
    });
  }

  it('looks at the beginning of the longest secrets', () => {
    expect(isStrongSecret('a'.repeat(1_000_000))).to.equal(false);
    expect(isStrongSecret(randomBytes(500_000).toString('base64'))).to.equal(true);
  });
});

describe('a weak shared secret', () => {
  const files = scratchFiles();
  const secretFault =
    'must have at least 128 bits of entropy by estimate, as `openssl rand -base64 48` generates, unless JWT_ALLOW_WEAK_SECRET is on';
  const hs256 = {
    ...production,
    JWT_PRIVATE_KEY: undefined,
    JWT_PUBLIC_KEY: undefined,
    JWT_ALGORITHM: 'HS256',
  };
  const strong = randomBytes(48).toString('base64');

  it('is refused in production, by its variable and in a file, also as the previous one', () => {
    const secret = 'a'.repeat(32);
    expect(faultsOf({ ...hs256, JWT_SECRET_KEY: secret })).to.deep.equal([`JWT_SECRET_KEY ${secretFault}`]);
    expect(faultsOf({ ...hs256, JWT_SECRET_KEY_FILE: files.write('weak', secret) })).to.deep.equal([
      `JWT_SECRET_KEY ${secretFault}`,
    ]);
    expect(faultsOf({ ...hs256, JWT_SECRET_KEY: strong, JWT_SECRET_KEY_PREVIOUS: secret })).to.deep.equal([
      `JWT_SECRET_KEY_PREVIOUS ${secretFault}`,
    ]);
  });

  it('is accepted in production where JWT_ALLOW_WEAK_SECRET says so, and in development', () => {
    const secret = 'a'.repeat(32);
    expect(faultsOf({ ...hs256, JWT_SECRET_KEY: secret, JWT_ALLOW_WEAK_SECRET: 'on' })).to.deep.equal([]);
    expect(faultsOf({ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret })).to.deep.equal([]);
  });

  it('does not concern a strong one', () => {
    expect(faultsOf({ ...hs256, JWT_SECRET_KEY: strong, JWT_SECRET_KEY_PREVIOUS: strong })).to.deep.equal([]);
  });
});
