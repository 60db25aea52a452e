import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createAccessTokens } from '../../../app/features/tokens/access-token.ts';
import { pemPair, testConfig, useSigningKeys } from '../../support/keys.ts';

const firstSecret = 'the first HS256 secret, of more than 32 bytes';
const secondSecret = 'the second HS256 secret, of more than 32 bytes';
const ttl = 15 * 60_000;

describe('signing keys', () => {
  const { folder, open } = useSigningKeys();

  describe('HS256', () => {
    const env = { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: firstSecret };

    it('publishes nothing and names a secret alike on every replica, without giving it away', async () => {
      const [one, two] = [(await open(env)).keys, (await open(env)).keys];
      const other = (await open({ ...env, JWT_SECRET_KEY: secondSecret })).keys;
      expect(one.jwks()).to.deep.equal({ keys: [] });
      expect(one.current().kid)
        .to.equal(two.current().kid)
        .and.match(/^[\w-]{16}$/);
      expect(one.current().kid).to.not.equal(other.current().kid);
      expect(one.find(one.current().kid)?.type).to.equal('secret');
    });

    it('accepts what the previous secret signed', async () => {
      const jwt = testConfig(env).jwt;
      const old = createAccessTokens({ keys: (await open(env)).keys, jwt, ttlMs: ttl });
      const { keys } = await open({
        ...env,
        JWT_SECRET_KEY: secondSecret,
        JWT_SECRET_KEY_PREVIOUS: firstSecret,
      });
      const { token } = await old.sign({
        userId: randomUUID(),
        sessionId: randomUUID(),
        authTime: new Date(),
        roles: [],
      });
      await createAccessTokens({ keys, jwt, ttlMs: ttl }).verify(token);
    });

    it('takes up a changed secret file, keeps the replaced one a while, and refuses a short or PEM-shaped one', async () => {
      const path = join(folder(), 'jwt-secret');
      writeFileSync(path, `${firstSecret}\n`);
      const { keys, lines } = await open({ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY_FILE: path });
      const before = keys.current().kid;
      for (const unusable of ['short', pemPair('a').publicPem]) {
        writeFileSync(path, unusable);
        expect(await keys.reload()).to.equal(false);
      }
      expect(keys.current().kid).to.equal(before);
      writeFileSync(path, secondSecret);
      expect(await keys.reload()).to.equal(true);
      expect(keys.current().kid).to.not.equal(before);
      expect(keys.find(before)).to.not.equal(null);
      expect(JSON.stringify(lines)).to.not.include(secondSecret).and.not.include('BEGIN');
    });
  });
});
