import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { calculateJwkThumbprint } from 'jose';
import { ConfigError } from '../../app/config.ts';
import type { Environment } from '../../app/config-reader.ts';
import { createAccessTokens } from '../../app/domain/access-token.ts';
import { openSigningKeys, type SigningKeys } from '../../app/domain/signing-keys.ts';
import { type PemPair, pemPair, rememberingLog, scratchFolder, testConfig } from '../support/keys.ts';

const firstSecret = 'the first HS256 secret, of more than 32 bytes';
const secondSecret = 'the second HS256 secret, of more than 32 bytes';
const ttl = 15 * 60_000;
const margin = 2 * 60_000;

describe('signing keys', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  function folder(): string {
    const { path, remove } = scratchFolder();
    cleanups.push(remove);
    return path;
  }

  async function open(env: Environment, now?: () => number) {
    const memory = rememberingLog();
    const keys = await openSigningKeys(testConfig(env), memory.log, now);
    cleanups.push(() => keys.close());
    return { keys, ...memory };
  }

  const kidOf = ({ publicKey }: PemPair): Promise<string> => calculateJwkThumbprint(publicKey);
  const publishedKids = (keys: SigningKeys): unknown[] => keys.jwks().keys.map(({ kid }) => kid);

  async function faultOf(env: Environment): Promise<string> {
    try {
      await open(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return expect.fail('the keys were accepted');
  }

  /** Key files as an operator lays them out: a pair, and a folder of further public keys. */
  function keyFiles(initial: PemPair) {
    const root = folder();
    const further = join(root, 'public');
    mkdirSync(further);
    const at = (name: string): string => join(root, name);
    const writePair = ({ privatePem, publicPem }: PemPair): void => {
      writeFileSync(at('private.pem'), privatePem);
      writeFileSync(at('public.pem'), publicPem);
    };
    writePair(initial);
    const env = {
      JWT_PRIVATE_KEY_PATH: at('private.pem'),
      JWT_PUBLIC_KEY_PATH: at('public.pem'),
      JWT_PUBLIC_KEYS_DIR: further,
    };
    return { env, at, writePair, further };
  }

  describe('reading', () => {
    for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const) {
      it(`names a key of ${algorithm} by its RFC 7638 thumbprint and publishes nothing private`, async () => {
        const pair = pemPair('a', algorithm);
        const { keys } = await open({
          JWT_ALGORITHM: algorithm,
          JWT_PRIVATE_KEY: pair.privatePem,
          JWT_PUBLIC_KEY: pair.publicPem,
        });
        const kid = await kidOf(pair);
        expect(keys.current().kid).to.equal(kid);
        expect(keys.find(kid)?.type).to.equal('public');
        const [jwk] = keys.jwks().keys;
        expect(jwk).to.include({ kid, alg: algorithm, use: 'sig' });
        const members = { RS256: ['n', 'e'], ES256: ['crv', 'x', 'y'], EdDSA: ['crv', 'x'] }[algorithm];
        expect(jwk).to.have.all.keys('kty', 'kid', 'alg', 'use', ...members);
      });
    }

    it('takes PKCS#1 keys as ssh-keygen -m PEM writes them, and SEC 1 keys', async () => {
      const rsa = pemPair('a');
      const ec = pemPair('a', 'ES256');
      const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
      const publicPkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
      expect(pkcs1).to.include('BEGIN RSA PRIVATE KEY');
      const { keys } = await open({ JWT_PRIVATE_KEY: pkcs1, JWT_PUBLIC_KEY: publicPkcs1 });
      expect(keys.current().kid).to.equal(await kidOf(rsa));
      const sec1 = ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
      expect((await open({ JWT_ALGORITHM: 'ES256', JWT_PRIVATE_KEY: sec1 })).keys.current().kid).to.equal(
        await kidOf(ec),
      );
    });

    it('takes a PEM with line breaks written as \\n, and with Windows line ends', async () => {
      const pair = pemPair('a');
      for (const lineBreak of ['\\n', '\\r\\n', '\r\n']) {
        const { keys } = await open({
          JWT_PRIVATE_KEY: pair.privatePem.replaceAll('\n', lineBreak),
          JWT_PUBLIC_KEY: pair.publicPem.replaceAll('\n', lineBreak),
        });
        expect(keys.current().kid).to.equal(await kidOf(pair));
      }
    });

    it('finds nothing under a kid it does not know', async () => {
      const { keys } = await open({ JWT_PRIVATE_KEY: pemPair('a').privatePem });
      for (const kid of ['', '__proto__', 'constructor', '../private.pem'])
        expect(keys.find(kid)).to.equal(null);
    });

    it('says how long each key has been known, by its file where there is one', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      let now = statSync(join(further, 'b.pem')).mtimeMs + 60_000;
      const { keys } = await open(env, () => now);
      now += 5_000;
      const ages = new Map(keys.ages().map(({ kid, seconds }) => [kid, seconds]));
      expect(ages.get(await kidOf(pemPair('a')))).to.equal(5);
      expect(ages.get(await kidOf(pemPair('b')))).to.be.closeTo(65, 0.01);
    });
  });

  describe('refusing at boot', () => {
    const rsa = pemPair('a');
    const privateName = /JWT_PRIVATE_KEY_PATH \(or JWT_PRIVATE_KEY\)/;

    it('names the variable of a text that is no key, never its value', async () => {
      const fault = await faultOf({ JWT_PRIVATE_KEY: 'hunter2' });
      expect(fault).to.match(privateName).and.not.include('hunter2');
    });

    it('refuses a key of another kind than the algorithm', async () => {
      for (const algorithm of ['ES256', 'EdDSA'] as const) {
        const fault = await faultOf({ JWT_ALGORITHM: algorithm, JWT_PRIVATE_KEY: rsa.privatePem });
        expect(fault).to.match(privateName).and.include(algorithm);
      }
      expect(await faultOf({ JWT_PRIVATE_KEY: pemPair('a', 'ES256').privatePem })).to.match(privateName);
    });

    it('refuses an RSA key below 2048 bits, an EC key on another curve and an RSA-PSS key', async () => {
      const pem = ({ privateKey }: { privateKey: KeyObject }): string =>
        privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const small = pem(generateKeyPairSync('rsa', { modulusLength: 1024 }));
      const pss = pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }));
      const p384 = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
      expect(await faultOf({ JWT_PRIVATE_KEY: small })).to.include('2048');
      expect(await faultOf({ JWT_PRIVATE_KEY: pss })).to.include('RSA key');
      expect(await faultOf({ JWT_ALGORITHM: 'ES256', JWT_PRIVATE_KEY: p384 })).to.include('P-256');
    });

    it('says how to help with OpenSSH and encrypted keys', async () => {
      const openssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----';
      expect(await faultOf({ JWT_PRIVATE_KEY: openssh })).to.include('ssh-keygen -m PEM');
      const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
      const encrypted = rsa.privateKey.export(options).toString();
      expect(await faultOf({ JWT_PRIVATE_KEY: encrypted })).to.include('encrypted');
    });

    it('refuses a public key that does not belong to the private one', async () => {
      const fault = await faultOf({
        JWT_PRIVATE_KEY: rsa.privatePem,
        JWT_PUBLIC_KEY: pemPair('b').publicPem,
      });
      expect(fault).to.include('JWT_PUBLIC_KEY_PATH').and.include('does not belong');
    });

    it('refuses a private key where a public one belongs', async () => {
      const fault = await faultOf({ JWT_PRIVATE_KEY: rsa.privatePem, JWT_PUBLIC_KEY: rsa.privatePem });
      expect(fault).to.include('JWT_PUBLIC_KEY_PATH').and.include('private key');
    });

    it('names the unusable file of JWT_PUBLIC_KEYS_DIR, and a folder that is not there', async () => {
      const { env, further } = keyFiles(rsa);
      writeFileSync(join(further, 'old.pem'), 'nothing');
      expect(await faultOf(env)).to.include('JWT_PUBLIC_KEYS_DIR: old.pem');
      rmSync(further, { recursive: true });
      expect(await faultOf(env)).to.include('JWT_PUBLIC_KEYS_DIR');
    });
  });

  describe('rotation', () => {
    it('refuses no valid token on any of two replicas: publish, sign, retire, drop', async () => {
      const [a, b] = [pemPair('a'), pemPair('b')];
      const { env, writePair, further } = keyFiles(a);
      const config = testConfig(env);
      let now = Date.parse('2030-01-01T00:00:00Z');
      const replicas = await Promise.all(
        [1, 2].map(async () => {
          const { keys } = await open(env, () => now);
          const clock = () => new Date(now);
          return { keys, tokens: createAccessTokens({ keys, jwt: config.jwt, ttlMs: ttl, now: clock }) };
        }),
      );
      let issued: { token: string; until: number }[] = [];

      /** Each replica signs one more token, and each must accept all that have not expired. */
      async function exchange(): Promise<void> {
        for (const { tokens } of replicas) {
          const user = { userId: randomUUID(), sessionId: randomUUID(), roles: ['user'] };
          issued.push({ token: (await tokens.sign(user)).token, until: now + ttl });
        }
        issued = issued.filter(({ until }) => until > now);
        for (const { tokens } of replicas) for (const { token } of issued) await tokens.verify(token);
      }

      /** The replicas notice a change one after the other. */
      async function takeUp(change: () => void): Promise<void> {
        await exchange();
        change();
        for (const { keys } of replicas) {
          await keys.reload();
          await exchange();
        }
      }

      async function pass(milliseconds: number): Promise<void> {
        for (const end = now + milliseconds; now < end; ) {
          now = Math.min(end, now + 60_000);
          for (const { keys } of replicas) await keys.reload();
          await exchange();
        }
      }

      const [kidA, kidB] = await Promise.all([kidOf(a), kidOf(b)]);
      await takeUp(() => writeFileSync(join(further, 'b.pem'), b.publicPem));
      for (const { keys } of replicas) expect(publishedKids(keys)).to.deep.equal([kidA, kidB]);
      await takeUp(() => writePair(b));
      for (const { keys } of replicas) {
        expect(keys.current().kid).to.equal(kidB);
        expect(publishedKids(keys)).to.deep.equal([kidB, kidA]);
      }
      await takeUp(() => writeFileSync(join(further, 'a.pem'), a.publicPem));
      await pass(ttl + margin);
      await takeUp(() => rmSync(join(further, 'a.pem')));
      for (const { keys } of replicas) expect(publishedKids(keys)).to.deep.equal([kidB]);
    });

    it('keeps a replaced key for the life of its last token and two minutes, though nobody kept its file', async () => {
      const { env, writePair } = keyFiles(pemPair('a'));
      let now = 1_000_000;
      const { keys } = await open(env, () => now);
      const [kidA, kidB] = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
      writePair(pemPair('b'));
      expect(await keys.reload()).to.equal(true);
      expect(publishedKids(keys)).to.deep.equal([kidB, kidA]);
      now += ttl + margin - 1;
      expect(await keys.reload()).to.equal(false);
      expect(keys.find(kidA)).to.not.equal(null);
      now += 1;
      expect(await keys.reload()).to.equal(true);
      expect(keys.find(kidA)).to.equal(null);
      expect(publishedKids(keys)).to.deep.equal([kidB]);
    });

    it('goes back to the old key when the operator does', async () => {
      const { env, writePair } = keyFiles(pemPair('a'));
      let now = 1_000_000;
      const { keys } = await open(env, () => now);
      writePair(pemPair('b'));
      await keys.reload();
      writePair(pemPair('a'));
      await keys.reload();
      const [kidA, kidB] = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
      expect(publishedKids(keys)).to.deep.equal([kidA, kidB]);
      now += ttl + margin;
      await keys.reload();
      expect(publishedKids(keys)).to.deep.equal([kidA]);
      expect(keys.current().kid).to.equal(kidA);
    });

    it('follows the swap of links by which Kubernetes changes a mounted Secret', async () => {
      const root = folder();
      const version = (name: string, { privatePem, publicPem }: PemPair): void => {
        mkdirSync(join(root, name));
        writeFileSync(join(root, name, 'private.pem'), privatePem);
        writeFileSync(join(root, name, 'public.pem'), publicPem);
        symlinkSync(name, join(root, '..data_tmp'));
        renameSync(join(root, '..data_tmp'), join(root, '..data'));
      };
      version('..2030_01', pemPair('a'));
      for (const name of ['private.pem', 'public.pem']) symlinkSync(join('..data', name), join(root, name));
      const { keys } = await open({
        JWT_PRIVATE_KEY_PATH: join(root, 'private.pem'),
        JWT_PUBLIC_KEY_PATH: join(root, 'public.pem'),
      });
      version('..2030_02', pemPair('b'));
      expect(await keys.reload()).to.equal(true);
      expect(keys.current().kid).to.equal(await kidOf(pemPair('b')));
    });

    it('tells its listeners and the log of a change, and of nothing else', async () => {
      const { env, writePair } = keyFiles(pemPair('a'));
      const { keys, lines } = await open(env);
      let changes = 0;
      keys.onChange(() => {
        changes += 1;
      });
      expect(await keys.reload()).to.equal(false);
      writePair(pemPair('a'));
      expect(await keys.reload()).to.equal(false);
      writePair(pemPair('b'));
      await Promise.all([keys.reload(), keys.reload()]);
      expect(changes).to.equal(1);
      const kids = await Promise.all([kidOf(pemPair('b')), kidOf(pemPair('a'))]);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.deep.include({ event: 'signing_keys_changed', kid: kids[0], kids });
    });
  });

  describe('unusable files', () => {
    it('keeps the old pair while the new one is inconsistent, and says so once', async () => {
      const { env, at, writePair } = keyFiles(pemPair('a'));
      const { keys, events } = await open(env);
      writeFileSync(at('private.pem'), pemPair('b').privatePem);
      for (const _ of [1, 2, 3]) expect(await keys.reload()).to.equal(false);
      expect(keys.current().kid).to.equal(await kidOf(pemPair('a')));
      expect(events()).to.deep.equal(['signing_keys_inconsistent']);
      writePair(pemPair('b'));
      expect(await keys.reload()).to.equal(true);
      expect(keys.current().kid).to.equal(await kidOf(pemPair('b')));
    });

    it('keeps the old pair while a file is half written, empty or away', async () => {
      const { env, at } = keyFiles(pemPair('a'));
      const { keys, lines, events } = await open(env);
      const half = pemPair('b').privatePem.slice(0, 400);
      writeFileSync(at('private.pem'), half);
      await keys.reload();
      writeFileSync(at('private.pem'), '');
      await keys.reload();
      rmSync(at('private.pem'));
      rmSync(at('public.pem'));
      await keys.reload();
      expect(keys.current().kid).to.equal(await kidOf(pemPair('a')));
      expect(new Set(events())).to.deep.equal(new Set(['signing_keys_inconsistent']));
      expect(JSON.stringify(lines)).to.not.include(half.slice(30, 90));
    });

    it('takes up further public keys while the pair is inconsistent', async () => {
      const { env, at, further } = keyFiles(pemPair('a'));
      const { keys } = await open(env);
      writeFileSync(at('private.pem'), 'half');
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      expect(await keys.reload()).to.equal(true);
      const kids = await Promise.all([kidOf(pemPair('a')), kidOf(pemPair('b'))]);
      expect(publishedKids(keys)).to.deep.equal(kids);
    });

    it('skips an unusable public key file and keeps what a half-written one held', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      const { keys, events } = await open(env);
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem.slice(0, 100));
      writeFileSync(join(further, 'c.pem'), 'nothing');
      expect(await keys.reload()).to.equal(false);
      expect(keys.find(await kidOf(pemPair('b')))).to.not.equal(null);
      expect(events()).to.deep.equal(['public_key_unusable', 'public_key_unusable']);
      rmSync(join(further, 'b.pem'));
      expect(await keys.reload()).to.equal(true);
      expect(keys.find(await kidOf(pemPair('b')))).to.equal(null);
    });

    it('passes over dotfiles and whatever is no .pem', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      mkdirSync(join(further, '..data'));
      for (const name of ['.draft.pem', '..2030.pem', 'README', 'b.pem~', 'b.pem.swp']) {
        writeFileSync(join(further, name), 'nothing');
      }
      const { keys, lines } = await open(env);
      await keys.reload();
      expect(publishedKids(keys)).to.have.length(1);
      expect(lines).to.deep.equal([]);
    });

    it('keeps the keys while the folder is away, and says so once', async () => {
      const { env, further } = keyFiles(pemPair('a'));
      writeFileSync(join(further, 'b.pem'), pemPair('b').publicPem);
      const { keys, events } = await open(env);
      rmSync(further, { recursive: true });
      for (const _ of [1, 2]) expect(await keys.reload()).to.equal(false);
      expect(keys.find(await kidOf(pemPair('b')))).to.not.equal(null);
      expect(events()).to.deep.equal(['signing_keys_inconsistent']);
    });
  });

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
      const { token } = await old.sign({ userId: randomUUID(), sessionId: randomUUID(), roles: [] });
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

  describe('the generated pair', () => {
    it('is made once, readable by its owner only, and found again', async () => {
      const dataDir = join(folder(), 'data');
      const first = (await open({ DATA_DIR: dataDir, ENV: 'development' })).keys.current().kid;
      const mode = (path: string): number => statSync(path).mode & 0o777;
      expect(mode(dataDir)).to.equal(0o700);
      expect(mode(join(dataDir, 'jwt-private.pem'))).to.equal(0o600);
      expect(mode(join(dataDir, 'jwt-public.pem'))).to.equal(0o644 & ~process.umask());
      const second = (await open({ DATA_DIR: dataDir, ENV: 'development' })).keys;
      expect(second.current().kid).to.equal(first);
      expect(await second.reload()).to.equal(false);
    });

    it('mends its public file after a crash between the two writes', async () => {
      const dataDir = folder();
      writeFileSync(join(dataDir, 'jwt-private.pem'), pemPair('a').privatePem);
      await open({ DATA_DIR: dataDir });
      expect(readFileSync(join(dataDir, 'jwt-public.pem'), 'utf8')).to.equal(pemPair('a').publicPem);
    });

    it('says which file to delete when the algorithm was changed since', async () => {
      const dataDir = folder();
      writeFileSync(join(dataDir, 'jwt-private.pem'), pemPair('a').privatePem);
      const fault = await faultOf({ DATA_DIR: dataDir, JWT_ALGORITHM: 'ES256' });
      expect(fault).to.include('jwt-private.pem').and.include('ES256');
    });

    it('is refused in production, also when the configuration did not see to it', async () => {
      const config = { ...testConfig({ DATA_DIR: folder() }), environment: 'production' as const };
      const error = await openSigningKeys(config, rememberingLog().log).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ConfigError);
    });
  });
});
