import { constants, createHmac, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { pemPair } from '../support/keys.ts';
import { forge, hs256, rs256, unsigned } from '../support/token-forgery.ts';
import { expectUnauthorized, signedUser, tokenWorkshop } from '../support/tokens.ts';

const secret = 'an HS256 secret of more than thirty-two bytes';

describe('forged access tokens', () => {
  const { open, rightParts } = tokenWorkshop();
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

  for (const alg of ['RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'HS384', 'rs256', 'RSA-OAEP']) {
    it(`refuses alg ${alg} for a key of RS256`, async () => {
      const { tokens, header, payload } = await rightParts();
      await expectUnauthorized(tokens, forge({ ...header, alg }, payload, right));
    });
  }

  it('refuses every other algorithm, even with a right signature of the right key', async () => {
    const { tokens, header, payload } = await rightParts();
    for (const [alg, hash] of [
      ['RS384', 'sha384'],
      ['RS512', 'sha512'],
    ] as const) {
      await expectUnauthorized(
        tokens,
        forge({ ...header, alg }, payload, (input) => sign(hash, input, privateKey)),
      );
    }
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const pss = (input: Buffer) => sign('sha256', input, { key: privateKey, padding, saltLength: 32 });
    await expectUnauthorized(tokens, forge({ ...header, alg: 'PS256' }, payload, pss));
  });

  it('refuses HS512 under the right secret where HS256 is configured', async () => {
    const { tokens, header, payload } = await rightParts({ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret });
    const hs512 = (input: Buffer) => createHmac('sha512', secret).update(input).digest();
    await expectUnauthorized(tokens, forge({ ...header, alg: 'HS512' }, payload, hs512));
  });

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
    const [mine, theirs] = await Promise.all([tokens.sign(signedUser()), tokens.sign(signedUser())]);
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
