import { expect } from 'chai';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createAccessTokens } from '../../../app/features/tokens/access-token.ts';
import type { SigningKeys } from '../../../app/features/tokens/signing-keys.ts';
import { testConfig } from '../../support/keys.ts';
import { expectUnauthorized, pairEnv, signedUser, useAccessTokens } from '../../support/tokens.ts';

const secret = 'an HS256 secret of more than thirty-two bytes';

describe('access tokens', () => {
  const { open, validParts } = useAccessTokens();

  for (const algorithm of ['RS256', 'ES256', 'EdDSA', 'HS256'] as const) {
    it(`verifies what it signed with ${algorithm}`, async () => {
      const env =
        algorithm === 'HS256' ? { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret } : pairEnv('a', algorithm);
      const { tokens, keys } = await open(env);
      const someone = signedUser();
      const { token, expiresIn } = await tokens.sign(someone);
      expect(expiresIn).to.equal(900);
      expect(decodeProtectedHeader(token)).to.deep.equal({
        alg: algorithm,
        typ: 'at+jwt',
        kid: keys.current().kid,
      });
      const claims = await tokens.verify(token);
      expect(claims).to.include({ userId: someone.userId, sessionId: someone.sessionId });
      expect(claims.roles).to.deep.equal(['admin', 'user']);
      expect(claims.expiresAt - claims.issuedAt).to.equal(900);
    });
  }

  it('carries the claims of RFC 9068 and no others', async () => {
    const { payload } = await validParts();
    expect(payload).to.have.all.keys('iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'roles', 'auth_time');
    expect(payload).to.include({ iss: 'auth-service', aud: 'auth-service' });
  });

  it('says when the user was authenticated, in whole seconds', async () => {
    const { tokens, token, payload } = await validParts();
    const authTime = Date.parse('2029-12-31T23:55:00Z') / 1000;
    expect([payload.auth_time, (await tokens.verify(token)).authTime]).to.deep.equal([authTime, authTime]);
  });

  it('gives every token its own id', async () => {
    const { tokens } = await open();
    const someone = signedUser();
    const [first, second] = await Promise.all([tokens.sign(someone), tokens.sign(someone)]);
    expect(decodeJwt(first.token).jti).to.not.equal(decodeJwt(second.token).jti);
  });

  it('leaves roles out of a token that they would make too long to verify', async () => {
    const { tokens } = await open();
    const roles = Array.from({ length: 200 }, (_, index) => `a-role-with-a-long-name-${index}`);
    const { token } = await tokens.sign({ ...signedUser(), roles });
    expect((await tokens.verify(token)).roles).to.deep.equal([]);
  });

  it('ends a token at its exp, to the second, also one it has verified before', async () => {
    const { tokens, clock, token, payload } = await validParts();
    const end = Number(payload.exp) * 1000;
    await tokens.verify(token);
    clock.now = end - 1;
    await tokens.verify(token);
    clock.now = end;
    await expectUnauthorized(tokens, token);
  });

  it('remembers a verified token and forgets it when the keys change', async () => {
    const { keys, clock } = await open();
    let lookups = 0;
    let changed = (): void => undefined;
    const counting: SigningKeys = {
      ...keys,
      find: (kid) => {
        lookups += 1;
        return keys.find(kid);
      },
      onChange: (listener) => {
        changed = listener;
      },
    };
    const { jwt, sessions } = testConfig({});
    const tokens = createAccessTokens({
      keys: counting,
      jwt,
      ttlMs: sessions.accessTokenTtl,
      now: () => new Date(clock.now),
    });
    const { token } = await tokens.sign(signedUser());
    const first = await tokens.verify(token);
    expect(await tokens.verify(token)).to.equal(first);
    expect(lookups).to.equal(1);
    changed();
    await tokens.verify(token);
    expect(lookups).to.equal(2);
  });

  it('does not remember a token whose key went away while it was verified', async () => {
    const { keys, clock } = await open();
    let changed = (): void => undefined;
    let isGone = false;
    const vanishing: SigningKeys = {
      ...keys,
      find: (kid) => {
        if (isGone) return null;
        isGone = true;
        queueMicrotask(() => changed());
        return keys.find(kid);
      },
      onChange: (listener) => {
        changed = listener;
      },
    };
    const { jwt } = testConfig({});
    const tokens = createAccessTokens({
      keys: vanishing,
      jwt,
      ttlMs: 60_000,
      now: () => new Date(clock.now),
    });
    const { token } = await tokens.sign(signedUser());
    await tokens.verify(token);
    await expectUnauthorized(tokens, token);
  });
});
