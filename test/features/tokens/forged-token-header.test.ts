import { constants, createHmac, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { pemPair } from '../../support/keys.ts';
import { forge, hs256, rs256, unsigned } from '../../support/token-forgery.ts';
import { expectUnauthorized, useAccessTokens } from '../../support/tokens.ts';

const secret = 'an HS256 secret of more than thirty-two bytes';

describe('forged access tokens', () => {
  const { validParts } = useAccessTokens();
  const { privateKey, publicKey, publicPem } = pemPair('a');
  const attacker = pemPair('attacker');
  const right = rs256(privateKey);

  it('accepts the unspoilt model that the forgeries below are made from', async () => {
    const { tokens, header, payload } = await validParts();
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
      const { tokens, header, payload } = await validParts();
      await expectUnauthorized(tokens, forge({ ...header, alg }, payload, unsigned));
      await expectUnauthorized(tokens, forge({ ...header, alg }, payload, right));
    });
  }

  for (const alg of ['RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'HS384', 'rs256', 'RSA-OAEP']) {
    it(`refuses alg ${alg} for a key of RS256`, async () => {
      const { tokens, header, payload } = await validParts();
      await expectUnauthorized(tokens, forge({ ...header, alg }, payload, right));
    });
  }

  it('refuses every other algorithm, even with a right signature of the right key', async () => {
    const { tokens, header, payload } = await validParts();
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
    const { tokens, header, payload } = await validParts({ JWT_ALGORITHM: 'HS256', JWT_SECRET_KEY: secret });
    const hs512 = (input: Buffer) => createHmac('sha512', secret).update(input).digest();
    await expectUnauthorized(tokens, forge({ ...header, alg: 'HS512' }, payload, hs512));
  });

  it('refuses HS256 signed with the public key as the secret, in every form of that key', async () => {
    const { tokens, header, payload, keys } = await validParts();
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
    const { tokens, header, payload } = await validParts(env);
    await tokens.verify(forge(header, payload, hs256(secret)));
    await expectUnauthorized(tokens, forge({ ...header, alg: 'RS256' }, payload, right));
    await expectUnauthorized(tokens, forge({ ...header, alg: 'none' }, payload, unsigned));
    await expectUnauthorized(tokens, forge(header, payload, hs256(`${secret} `)));
    await expectUnauthorized(tokens, forge(header, payload, hs256(String(header.kid))));
  });

  it("refuses the attacker's own key under the right kid", async () => {
    const { tokens, header, payload } = await validParts();
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
    const { tokens, header, payload } = await validParts();
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
      const { tokens, header, payload } = await validParts();
      await expectUnauthorized(tokens, forge({ ...header, kid }, payload, right));
      await expectUnauthorized(tokens, forge({ ...header, kid, alg: 'HS256' }, payload, hs256('')));
    });
  }

  it('refuses an array around the right kid, and no kid', async () => {
    const { tokens, header, payload } = await validParts();
    const { kid, ...withoutKid } = header;
    await expectUnauthorized(tokens, forge({ ...header, kid: [kid] }, payload, right));
    await expectUnauthorized(tokens, forge(withoutKid, payload, right));
  });

  for (const crit of [['exp'], ['b64'], [], ['unknown'], 'b64', null]) {
    it(`refuses crit ${JSON.stringify(crit)}`, async () => {
      const { tokens, header, payload } = await validParts();
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
      const { tokens, header, payload } = await validParts();
      await expectUnauthorized(tokens, forge({ ...header, typ }, payload, right));
    });
  }
});
