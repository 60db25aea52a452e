import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Environment } from '../../app/config-reader.ts';
import { type AccessTokens, createAccessTokens } from '../../app/domain/access-token.ts';
import { openSigningKeys, type SigningKeys } from '../../app/domain/signing-keys.ts';
import { AppError } from '../../app/errors.ts';
import { pemPair, rememberingLog, testConfig } from '../support/keys.ts';
import { forge, hs256, rs256, unsigned } from '../support/token-forgery.ts';

const secret = 'an HS256 secret of more than thirty-two bytes';

function pairEnv(name: string, algorithm: 'RS256' | 'ES256' | 'EdDSA' = 'RS256'): Environment {
  const { privatePem, publicPem } = pemPair(name, algorithm);
  return { JWT_ALGORITHM: algorithm, JWT_PRIVATE_KEY: privatePem, JWT_PUBLIC_KEY: publicPem };
}

describe('access tokens', () => {
  const opened: SigningKeys[] = [];
  afterEach(() => {
    for (const keys of opened.splice(0)) keys.close();
  });

  /** Tokens on a clock that stands still at `clock.now` (milliseconds) until it is set. */
  async function open(env: Environment = pairEnv('a')) {
    const config = testConfig(env);
    const clock = { now: Date.parse('2030-01-01T00:00:00.400Z') };
    const keys = await openSigningKeys(config, rememberingLog().log, () => clock.now);
    opened.push(keys);
    const now = () => new Date(clock.now);
    const tokens = createAccessTokens({
      keys,
      jwt: config.jwt,
      ttlMs: config.sessions.accessTokenTtl,
      now,
    });
    return { keys, tokens, clock };
  }

  const user = () => ({ userId: randomUUID(), sessionId: randomUUID(), roles: ['admin', 'user'] });

  async function expectUnauthorized(tokens: AccessTokens, token: string): Promise<void> {
    const error = await tokens.verify(token).then(
      () => expect.fail(`accepted ${token.slice(0, 200)}`),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(AppError);
    expect(error).to.include({ code: 'unauthorized' });
    expect(error).to.have.property('cause').that.is.instanceOf(Error);
  }

  /** A header and a payload that are right in every way, to be spoilt one at a time. */
  async function rightParts(env?: Environment) {
    const { keys, tokens, clock } = await open(env);
    const { token } = await tokens.sign(user());
    return { keys, tokens, clock, token, header: decodeProtectedHeader(token), payload: decodeJwt(token) };
  }

  for (const algorithm of ['RS256', 'ES256', 'EdDSA', 'HS256'] as const) {
    it(`verifies what it signed with ${algorithm}`, async () => {
      const env =
        algorithm === 'HS256' ? { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret } : pairEnv('a', algorithm);
      const { tokens, keys } = await open(env);
      const someone = user();
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
    const { payload } = await rightParts();
    expect(payload).to.have.all.keys('iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'roles');
    expect(payload).to.include({ iss: 'auth-service', aud: 'auth-service' });
  });

  it('gives every token its own id', async () => {
    const { tokens } = await open();
    const someone = user();
    const [first, second] = await Promise.all([tokens.sign(someone), tokens.sign(someone)]);
    expect(decodeJwt(first.token).jti).to.not.equal(decodeJwt(second.token).jti);
  });

  it('leaves roles out of a token that they would make too long to verify', async () => {
    const { tokens } = await open();
    const roles = Array.from({ length: 200 }, (_, index) => `a-role-with-a-long-name-${index}`);
    const { token } = await tokens.sign({ ...user(), roles });
    expect((await tokens.verify(token)).roles).to.deep.equal([]);
  });

  it('ends a token at its exp, to the second, also one it has verified before', async () => {
    const { tokens, clock, token, payload } = await rightParts();
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
    const { token } = await tokens.sign(user());
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
    const { token } = await tokens.sign(user());
    await tokens.verify(token);
    await expectUnauthorized(tokens, token);
  });

  describe('forged tokens', () => {
    const { privateKey, publicKey, publicPem } = pemPair('a');
    const attacker = pemPair('attacker');
    const right = rs256(privateKey);

    it('accepts the unspoilt model that the forgeries below are made from', async () => {
      const { tokens, header, payload } = await rightParts();
      await tokens.verify(forge(header, payload, right));
    });

    for (const alg of [
      'none',
      'None',
      'NONE',
      'nOnE',
      'none ',
      '',
      ' ',
      null,
      0,
      ['RS256'],
      { alg: 'RS256' },
    ]) {
      it(`refuses alg ${JSON.stringify(alg)}, without a signature and with a right one`, async () => {
        const { tokens, header, payload } = await rightParts();
        await expectUnauthorized(tokens, forge({ ...header, alg }, payload, unsigned));
        await expectUnauthorized(tokens, forge({ ...header, alg }, payload, right));
      });
    }

    for (const alg of [
      'RS384',
      'RS512',
      'PS256',
      'ES256',
      'EdDSA',
      'Ed25519',
      'HS384',
      'rs256',
      'RSA-OAEP',
    ]) {
      it(`refuses alg ${alg} for a key of RS256`, async () => {
        const { tokens, header, payload } = await rightParts();
        await expectUnauthorized(tokens, forge({ ...header, alg }, payload, right));
      });
    }

    it('refuses HS256 signed with the public key as the secret, in every form of that key', async () => {
      const { tokens, header, payload, keys } = await rightParts();
      const forms = [
        publicPem,
        publicPem.trim(),
        publicPem.replaceAll('\n', '\r\n'),
        publicKey.export({ type: 'spki', format: 'der' }),
        publicKey.export({ type: 'pkcs1', format: 'pem' }),
        JSON.stringify(keys.jwks().keys[0]),
        String(keys.jwks().keys[0]?.n),
        '',
      ];
      for (const form of forms) {
        await expectUnauthorized(tokens, forge({ ...header, alg: 'HS256' }, payload, hs256(form)));
        await expectUnauthorized(tokens, forge(header, payload, hs256(form)));
      }
    });

    it('refuses RS256 and none where HS256 is configured, and an HS256 signature under another secret', async () => {
      const env = { JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret };
      const { tokens, header, payload } = await rightParts(env);
      await tokens.verify(forge(header, payload, hs256(secret)));
      await expectUnauthorized(tokens, forge({ ...header, alg: 'RS256' }, payload, right));
      await expectUnauthorized(tokens, forge({ ...header, alg: 'none' }, payload, unsigned));
      await expectUnauthorized(tokens, forge(header, payload, hs256(`${secret} `)));
      await expectUnauthorized(tokens, forge(header, payload, hs256(String(header.kid))));
    });

    it("refuses the attacker's own key under the right kid", async () => {
      const { tokens, header, payload } = await rightParts();
      await expectUnauthorized(tokens, forge(header, payload, rs256(attacker.privateKey)));
    });

    it("refuses the attacker's key brought along as jwk, x5c, jku or x5u, and fetches nothing", async () => {
      let requests = 0;
      const server = createServer((_request, response) => {
        requests += 1;
        response.end(JSON.stringify({ keys: [attacker.publicKey.export({ format: 'jwk' })] }));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      // Listening on a TCP port, so it has an AddressInfo.
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
      const der = attacker.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const { tokens, header, payload } = await rightParts();
      const { kid: _kid, ...withoutKid } = header;
      const baits = [
        { jwk: attacker.publicKey.export({ format: 'jwk' }) },
        { jku: url },
        { x5u: url },
        { x5c: [der], x5t: 'AAAA', 'x5t#S256': 'AAAA' },
      ];
      for (const bait of baits) {
        for (const kid of [header.kid, 'attacker', url]) {
          const spoilt = { ...header, ...bait, kid };
          await expectUnauthorized(tokens, forge(spoilt, payload, rs256(attacker.privateKey)));
        }
        await expectUnauthorized(
          tokens,
          forge({ ...withoutKid, ...bait }, payload, rs256(attacker.privateKey)),
        );
      }
      await new Promise((resolve) => server.close(resolve));
      expect(requests).to.equal(0);
    });

    const kids: Record<string, unknown> = {
      'a path traversal': '../../../../dev/null',
      'an absolute path': '/proc/sys/kernel/hostname',
      SQL: "' union select 'secret' --",
      'a shell command': '$(id)|`id`',
      'a NUL byte': 'kid\u0000',
      'a huge text': 'k'.repeat(2_000),
      'an empty text': '',
      'a number': 1,
      'an array': ['kid'],
      'an object': { toString: 'kid' },
      null: null,
      true: true,
      'a name of Object.prototype': '__proto__',
      'another such name': 'constructor',
      'a lone surrogate': '\ud800',
    };
    for (const [what, kid] of Object.entries(kids)) {
      it(`refuses ${what} as kid`, async () => {
        const { tokens, header, payload } = await rightParts();
        await expectUnauthorized(tokens, forge({ ...header, kid }, payload, right));
        await expectUnauthorized(tokens, forge({ ...header, kid, alg: 'HS256' }, payload, hs256('')));
      });
    }

    it('refuses an array around the right kid, and no kid', async () => {
      const { tokens, header, payload } = await rightParts();
      const { kid, ...withoutKid } = header;
      await expectUnauthorized(tokens, forge({ ...header, kid: [kid] }, payload, right));
      await expectUnauthorized(tokens, forge(withoutKid, payload, right));
    });

    for (const crit of [['exp'], ['b64'], [], ['unknown'], 'b64', null]) {
      it(`refuses crit ${JSON.stringify(crit)}`, async () => {
        const { tokens, header, payload } = await rightParts();
        await expectUnauthorized(tokens, forge({ ...header, crit, b64: true }, payload, right));
      });
    }

    for (const typ of [
      'JWT',
      'jwt',
      'rt+jwt',
      'refresh+jwt',
      'id_token',
      'application/jwt',
      '',
      null,
      1,
      undefined,
    ]) {
      it(`refuses typ ${JSON.stringify(typ)}`, async () => {
        const { tokens, header, payload } = await rightParts();
        await expectUnauthorized(tokens, forge({ ...header, typ }, payload, right));
      });
    }

    for (const claim of ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'roles']) {
      it(`refuses a token without ${claim}, and with a ${claim} of another type`, async () => {
        const { tokens, header, payload } = await rightParts();
        const wrong = [undefined, null, '', {}, [], [1], true, 'text', -1, 0.5].filter(
          (value) => !(claim === 'roles' && Array.isArray(value) && value.length === 0),
        );
        for (const value of wrong) {
          await expectUnauthorized(tokens, forge(header, { ...payload, [claim]: value }, right));
        }
      });
    }

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
        const { tokens, header, payload, clock } = await rightParts();
        const spoilt = { ...payload, ...spoil(Math.floor(clock.now / 1000)) };
        await expectUnauthorized(tokens, forge(header, spoilt, right));
      });
    }

    it("forgives another replica's clock five seconds", async () => {
      const { tokens, header, payload, clock } = await rightParts();
      const ahead = Math.floor(clock.now / 1000) + 5;
      await tokens.verify(forge(header, { ...payload, iat: ahead, nbf: ahead }, right));
    });

    it('refuses a token of which any character of any part was changed', async () => {
      const { tokens, token } = await rightParts();
      await tokens.verify(token);
      const parts = token.split('.');
      for (const [index, part] of parts.entries()) {
        for (const position of [0, 1, Math.floor(part.length / 2), part.length - 3]) {
          const other = part[position] === 'A' ? 'B' : 'A';
          const spoilt = part.slice(0, position) + other + part.slice(position + 1);
          await expectUnauthorized(tokens, parts.with(index, spoilt).join('.'));
        }
      }
    });

    it('refuses the signature of one token under the payload of another', async () => {
      const { tokens } = await open();
      const [mine, theirs] = await Promise.all([tokens.sign(user()), tokens.sign(user())]);
      const [header, , signature] = mine.token.split('.');
      await expectUnauthorized(tokens, [header, theirs.token.split('.')[1], signature].join('.'));
    });

    it('refuses empty, missing and surplus segments', async () => {
      const { tokens, token } = await rightParts();
      const [header, payload, signature] = token.split('.');
      const spoilt = [
        '',
        '.',
        '..',
        '...',
        `${header}`,
        `${header}.${payload}`,
        `${header}.${payload}.`,
        `.${payload}.${signature}`,
        `${header}..${signature}`,
        `${token}.`,
        `${token}.${signature}`,
        `.${token}`,
        `${token} `,
        ` ${token}`,
        `Bearer ${token}`,
        `${token}\n`,
        token.replaceAll('.', ','),
        `${token}=`,
      ];
      for (const text of spoilt) await expectUnauthorized(tokens, text);
    });

    it('refuses a payload or a header that is not a JSON object, though the signature is right', async () => {
      const { tokens, header, payload } = await rightParts();
      const token = forge(header, payload, right);
      for (const part of ['null', '[]', '1', '"text"', '{', '', '\u0000', JSON.stringify(token), '[{}]']) {
        await expectUnauthorized(tokens, forge(header, part, right));
        await expectUnauthorized(tokens, forge(part, payload, right));
      }
      await expectUnauthorized(tokens, forge(header, token, right));
      await expectUnauthorized(tokens, forge(header, `${'['.repeat(1_000)}${']'.repeat(1_000)}`, right));
      await expectUnauthorized(tokens, JSON.stringify({ payload: token, signatures: [] }));
    });

    it('refuses a token without a signature check when it is longer than 4 KB', async () => {
      const { tokens, header, payload } = await rightParts();
      await expectUnauthorized(tokens, forge(header, { ...payload, more: 'x'.repeat(3_000) }, right));
      await expectUnauthorized(tokens, 'a.'.repeat(5_000_000));
    });

    it('refuses other kinds of secrets: refresh tokens, uuids, keys', async () => {
      const { tokens } = await open();
      const others = [randomUUID(), `${randomUUID()}.1.c2VjcmV0.dGFn`, `v1.${randomUUID()}.x`, publicPem];
      for (const other of others) await expectUnauthorized(tokens, other);
    });

    it('refuses any text whatever with the same error', async () => {
      const { tokens } = await open();
      const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
      const dotted = fc.array(text, { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.'));
      await fc.assert(
        fc.asyncProperty(fc.oneof(text, dotted), (token) => expectUnauthorized(tokens, token)),
        { numRuns: 300 },
      );
    });

    it('refuses any header and any payload whatever, signed by somebody else', async () => {
      const { tokens, header, payload } = await rightParts();
      await fc.assert(
        fc.asyncProperty(fc.json(), fc.json(), async (first, second) => {
          await expectUnauthorized(tokens, forge(first, payload, unsigned));
          await expectUnauthorized(tokens, forge(header, second, hs256('attacker')));
        }),
        { numRuns: 100 },
      );
    });
  });
});
