import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { pemPair } from '../../support/keys.ts';
import { forge, hs256, rs256 } from '../../support/token-forgery.ts';
import { expectUnauthorized, pairEnv, useAccessTokens } from '../../support/tokens.ts';

describe('forged access tokens', () => {
  const { open, validParts } = useAccessTokens();
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

  it('reads ids in capitals as their lower case, as caches and revocations write them', async () => {
    const { tokens, header, payload } = await validParts();
    const { sub = '', sid } = payload;
    const shouted = { ...payload, sub: sub.toUpperCase(), sid: String(sid).toUpperCase() };
    const claims = await tokens.verify(forge(header, shouted, right));
    expect(claims).to.include({ userId: sub, sessionId: sid });
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

  // The clock of these tests stands at a fraction of a second. ACCESS_TOKEN_TTL is 15 minutes.
  const ttl = 900;
  const leeway = 5;

  for (const [what, exp] of Object.entries({
    'in ten years': 315_360_000,
    'in a day': 86_400,
    'a second away': 1,
    'at the end of time': Number.MAX_SAFE_INTEGER,
  })) {
    it(`refuses a token older than the lifetime and the leeway, though its exp is ${what}`, async () => {
      const { tokens, header, payload, clock } = await validParts();
      const now = Math.floor(clock.now / 1000);
      const expiresAt = Math.min(now + exp, Number.MAX_SAFE_INTEGER);
      for (const age of [ttl + leeway, ttl + leeway + 1, 86_400, now]) {
        const forged = { ...payload, iat: now - age, exp: expiresAt };
        await expectUnauthorized(tokens, forge(header, forged, right));
      }
    });
  }

  it('accepts a forged exp far away for the lifetime and the leeway and not a second longer', async () => {
    const { tokens, header, payload, clock } = await validParts();
    const iat = Math.floor(clock.now / 1000);
    const forged = forge(header, { ...payload, iat, exp: iat + 315_360_000 }, right);
    clock.now = (iat + ttl + leeway) * 1000 - 1;
    await tokens.verify(forged);
    clock.now += 1;
    await expectUnauthorized(tokens, forged);
  });

  it('refuses an old token under a secret of HS256 too', async () => {
    const secret = randomBytes(48).toString('base64');
    const env = { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret };
    const { tokens, header, payload, clock } = await validParts(env);
    const now = Math.floor(clock.now / 1000);
    const forged = { ...payload, iat: now - ttl - leeway, exp: now + 315_360_000 };
    await expectUnauthorized(tokens, forge(header, forged, hs256(secret)));
    await tokens.verify(forge(header, { ...forged, iat: now - ttl - leeway + 1 }, hs256(secret)));
  });

  it('refuses tokens that an earlier, longer lifetime would still allow', async () => {
    const { token, clock } = await validParts({ ...pairEnv('a'), ACCESS_TOKEN_TTL: '1h' });
    const shorter = (await open({ ...pairEnv('a'), ACCESS_TOKEN_TTL: '5m' })).tokens;
    await shorter.verify(token);
    const lowered = await open({ ...pairEnv('a'), ACCESS_TOKEN_TTL: '5m' });
    lowered.clock.now = clock.now + (300 + leeway) * 1000;
    await expectUnauthorized(lowered.tokens, token);
  });

  const ticks: Record<string, (seconds: number) => unknown> = {
    text: (seconds) => `${seconds}`,
    'text of a float': (seconds) => `${seconds}.0`,
    'a fraction': (seconds) => seconds + 0.5,
    milliseconds: (seconds) => seconds * 1000,
    'a date': (seconds) => new Date(seconds * 1000).toISOString(),
    'a number in an array': (seconds) => [seconds],
    'a number beyond the integers': () => 2 ** 60,
    'the text NaN': () => 'NaN',
    'the text Infinity': () => 'Infinity',
    'a negative number': (seconds) => -seconds,
    false: () => false,
  };
  for (const [what, spoil] of Object.entries(ticks)) {
    it(`refuses an iat that is ${what}`, async () => {
      const { tokens, header, payload, clock } = await validParts();
      const iat = spoil(Math.floor(clock.now / 1000));
      await expectUnauthorized(tokens, forge(header, { ...payload, iat }, right));
    });
  }

  for (const literal of ['NaN', 'Infinity', '1e999', '-1e999', '0x65', '1_900_000_000', '01900000000']) {
    it(`refuses a payload with the number ${literal} as iat or exp`, async () => {
      const { tokens, header, payload } = await validParts();
      for (const claim of ['iat', 'exp']) {
        const text = JSON.stringify({ ...payload, [claim]: 0 }).replace(
          `"${claim}":0`,
          `"${claim}":${literal}`,
        );
        await expectUnauthorized(tokens, forge(header, text, right));
      }
    });
  }

  it('takes the last of two iat claims, as JSON.parse does, and refuses it if it is old', async () => {
    const { tokens, header, payload, clock } = await validParts();
    const now = Math.floor(clock.now / 1000);
    const fresh = JSON.stringify({ ...payload, exp: now + 315_360_000 });
    const twice = `${fresh.slice(0, -1)},"iat":${now - 86_400}}`;
    await expectUnauthorized(tokens, forge(header, twice, right));
  });

  it("forgives another replica's clock five seconds", async () => {
    const { tokens, header, payload, clock } = await validParts();
    const ahead = Math.floor(clock.now / 1000) + 5;
    await tokens.verify(forge(header, { ...payload, iat: ahead, nbf: ahead }, right));
  });
});
