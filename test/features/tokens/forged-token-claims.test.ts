import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { pemPair } from '../../support/keys.ts';
import { forge, rs256 } from '../../support/token-forgery.ts';
import { expectUnauthorized, useAccessTokens } from '../../support/tokens.ts';

describe('forged access tokens', () => {
  const { validParts } = useAccessTokens();
  const right = rs256(pemPair('a').privateKey);

  for (const claim of ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'roles']) {
    it(`refuses a token without ${claim}, and with a ${claim} of another type`, async () => {
      const { tokens, header, payload } = await validParts();
      const wrong = [undefined, null, '', {}, [], [1], true, 'text', -1, 0.5].filter(
        (value) => !(claim === 'roles' && Array.isArray(value) && value.length === 0),
      );
      for (const value of wrong) {
        await expectUnauthorized(tokens, forge(header, { ...payload, [claim]: value }, right));
      }
    });
  }

  it('accepts a token without auth_time, and refuses an auth_time of another type', async () => {
    const { tokens, header, payload } = await validParts();
    const withAuthTime = (value: unknown) => forge(header, { ...payload, auth_time: value }, right);
    expect((await tokens.verify(withAuthTime(undefined))).authTime).to.equal(null);
    for (const value of [null, '', {}, [], [1], true, 'text', '1', -1, 0.5, 1e308])
      await expectUnauthorized(tokens, withAuthTime(value));
  });

  const spoiltClaims: Record<string, (seconds: number) => object> = {
    'another issuer': () => ({ iss: 'auth-service.example.com' }),
    'several issuers': () => ({ iss: ['auth-service'] }),
    'another audience': () => ({ aud: 'billing' }),
    'other audiences': () => ({ aud: ['billing', 'auth-servic'] }),
    'an iat in the future': (seconds) => ({ iat: seconds + 6 }),
    'an nbf in the future': (seconds) => ({ nbf: seconds + 6 }),
    'an exp in the past': (seconds) => ({ exp: seconds - 1 }),
    'an exp of now': (seconds) => ({ exp: seconds }),
    'an exp in text': (seconds) => ({ exp: `${seconds + 900}` }),
    'an infinite exp': () => ({ exp: 1e308 }),
    'a sub that is no uuid': () => ({ sub: 'root' }),
    'a sub in an array': () => ({ sub: [randomUUID()] }),
    'a sid with more behind it': () => ({ sid: `${randomUUID()}'--` }),
  };
  for (const [what, spoil] of Object.entries(spoiltClaims)) {
    it(`refuses ${what}, though the signature is right`, async () => {
      const { tokens, header, payload, clock } = await validParts();
      const spoilt = { ...payload, ...spoil(Math.floor(clock.now / 1000)) };
      await expectUnauthorized(tokens, forge(header, spoilt, right));
    });
  }

  it("forgives another replica's clock five seconds", async () => {
    const { tokens, header, payload, clock } = await validParts();
    const ahead = Math.floor(clock.now / 1000) + 5;
    await tokens.verify(forge(header, { ...payload, iat: ahead, nbf: ahead }, right));
  });
});
