import { randomBytes, randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import type { Environment } from '../../../app/config/reader.ts';
import { createAccessTokens } from '../../../app/features/tokens/access-token.ts';
import type { SigningKeys } from '../../../app/features/tokens/signing-keys.ts';
import { kidOf, pemPair, publishedKids, testConfig, useSigningKeys } from '../../support/keys.ts';
import { expectUnauthorized } from '../../support/tokens.ts';

const someone = () => ({
  userId: randomUUID(),
  sessionId: randomUUID(),
  authTime: new Date(),
  roles: ['admin'],
});
const [first, second, third] = ['first', 'second', 'third'].map((name) =>
  pemPair(`revoked ${name}`, 'EdDSA'),
);

describe('revoked signing keys', () => {
  const { folder, open, keyFiles } = useSigningKeys();
  if (!first || !second || !third) throw new Error('a pair is missing');

  const tokensOf = (keys: SigningKeys) =>
    createAccessTokens({ keys, jwt: testConfig({}).jwt, ttlMs: 900_000 });

  /** A replica whose key was rotated from the first to the second pair, and a token of each. */
  async function openRotated(more: Environment = {}) {
    const files = keyFiles(first as NonNullable<typeof first>);
    const { env } = files;
    const old = (await tokensOf((await open(env)).keys).sign(someone())).token;
    const opened = await open({ ...env, ...more });
    const tokens = tokensOf(opened.keys);
    files.writePair(second as NonNullable<typeof second>);
    await opened.keys.reload();
    const fresh = (await tokens.sign(someone())).token;
    return { ...opened, ...files, tokens, old, fresh };
  }

  it('verify nothing and leave the key set, also tokens that were verified before; other keys are not touched', async () => {
    const { keys, tokens, old, fresh, lines } = await openRotated();
    const [a, b] = await Promise.all([kidOf(first), kidOf(second)]);
    await tokens.verify(old);
    expect(publishedKids(keys)).to.deep.equal([b, a]);
    keys.setRevoked([a]);
    await expectUnauthorized(tokens, old);
    await tokens.verify(fresh);
    expect(publishedKids(keys)).to.deep.equal([b]);
    expect(keys.find(a)).to.equal(null);
    expect(keys.ages().map(({ kid }) => kid)).to.deep.equal([b]);
    expect(keys.canSign()).to.equal(true);
    expect(lines.filter(({ event }) => event === 'signing_key_revoked')).to.have.lengthOf(1);
  });

  it('stay revoked when their files are read again, and in the folder of public keys', async () => {
    const { keys, tokens, old, further } = await openRotated();
    const kid = await kidOf(first);
    keys.setRevoked([kid]);
    writeFileSync(join(further, 'old.pem'), first.publicPem);
    expect(await keys.reload()).to.equal(false);
    await expectUnauthorized(tokens, old);
    expect(publishedKids(keys)).to.not.include(kid);
  });

  it('verify again after the revocation was taken back', async () => {
    const { keys, tokens, old } = await openRotated();
    keys.setRevoked([await kidOf(first)]);
    keys.setRevoked([]);
    await tokens.verify(old);
  });

  it('come from JWT_REVOKED_KEYS, whose keys nothing in the database makes valid', async () => {
    const kid = await kidOf(first);
    const { keys, tokens, old } = await openRotated({ JWT_REVOKED_KEYS: `${await kidOf(third)}, ${kid}` });
    await expectUnauthorized(tokens, old);
    keys.setRevoked([]);
    await expectUnauthorized(tokens, old);
  });

  it('come from the file that JWT_REVOKED_KEYS_FILE names, which is read again', async () => {
    const path = join(folder(), 'revoked');
    const [a, c] = await Promise.all([kidOf(first), kidOf(third)]);
    writeFileSync(path, 'none\n');
    const { keys, tokens, old } = await openRotated({ JWT_REVOKED_KEYS_FILE: path });
    await tokens.verify(old);
    writeFileSync(`${path}.new`, `${c}\n${a}\n`);
    renameSync(`${path}.new`, path);
    expect(await keys.reload()).to.equal(true);
    await expectUnauthorized(tokens, old);
    writeFileSync(path, `${c}`);
    expect(await keys.reload()).to.equal(true);
    await tokens.verify(old);
  });

  it('stay revoked while the file is empty, malformed, cut off or missing, and the log says so once for each', async () => {
    const path = join(folder(), 'revoked');
    const kid = await kidOf(first);
    writeFileSync(path, kid);
    const { keys, tokens, old, events } = await openRotated({ JWT_REVOKED_KEYS_FILE: path });
    for (const unusable of ['', '\n', 'hunter2', kid.slice(0, 42), `${kid}; ${kid}`]) {
      writeFileSync(path, unusable);
      await keys.reload();
      await keys.reload();
      await expectUnauthorized(tokens, old);
    }
    rmSync(path);
    await keys.reload();
    await keys.reload();
    await expectUnauthorized(tokens, old);
    // An empty text and a line break are the same content.
    expect(events().filter((event) => event === 'revoked_keys_unusable')).to.have.lengthOf(5);
  });

  for (const [what, text] of Object.entries({
    'an empty file': '',
    'no key id': 'hunter2',
    'a key id of the wrong length': 'k'.repeat(42),
  })) {
    it(`are refused at the start when their file contains ${what}`, async () => {
      const path = join(folder(), 'revoked');
      writeFileSync(path, text);
      const error = await openRotated({ JWT_REVOKED_KEYS_FILE: path }).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ConfigError);
      expect(String(error)).to.contain('JWT_REVOKED_KEYS_FILE').and.not.contain('hunter2');
    });
  }

  it('do not sign: a replica whose key is revoked signs nothing until it reads another key', async () => {
    const { keys, tokens, writePair, lines, events } = await openRotated();
    keys.setRevoked([await kidOf(second)]);
    expect(keys.canSign()).to.equal(false);
    for (const attempt of [() => tokens.sign(someone()), async () => tokens.assertCanSign()]) {
      const error = await attempt().catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'service_unavailable', retryAfter: 10 });
    }
    expect(events()).to.include('signing_key_unusable');
    expect(lines.find(({ event }) => event === 'signing_key_unusable')).to.include({ level: 'error' });
    writePair(third);
    await keys.reload();
    expect(keys.canSign()).to.equal(true);
    await tokens.verify((await tokens.sign(someone())).token);
    await expectUnauthorized(tokens, (await tokensOf((await openRotated()).keys).sign(someone())).token);
  });

  it('can be secrets of HS256, the current and the previous one', async () => {
    const [current, previous] = [1, 2].map(() => randomBytes(48).toString('base64'));
    const env = { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: current, JWT_SECRET_KEY_PREVIOUS: previous };
    const old = (await open({ ...env, JWT_SECRET_KEY: previous, JWT_SECRET_KEY_PREVIOUS: undefined })).keys;
    const { token } = await tokensOf(old).sign(someone());
    const { keys } = await open(env);
    const tokens = tokensOf(keys);
    await tokens.verify(token);
    keys.setRevoked([old.current().kid]);
    await expectUnauthorized(tokens, token);
    keys.setRevoked([keys.current().kid]);
    expect(keys.canSign()).to.equal(false);
    await tokens.verify(token);
  });

  it('are listed with the others', async () => {
    const { keys } = await openRotated();
    const [a, b] = await Promise.all([kidOf(first), kidOf(second)]);
    keys.setRevoked([a]);
    const listed = keys.list().map(({ kid, isSigning, isRevoked }) => ({ kid, isSigning, isRevoked }));
    expect(listed).to.deep.equal([
      { kid: b, isSigning: true, isRevoked: false },
      { kid: a, isSigning: false, isRevoked: true },
    ]);
  });
});
