import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import type { Environment } from '../../../app/config/reader.ts';
import { openSigningKeys } from '../../../app/features/tokens/signing-keys.ts';
import { kidOf, pemPair, recordingLog, testConfig, useSigningKeys } from '../../support/keys.ts';

describe('signing keys', () => {
  const { folder, open, keyFiles } = useSigningKeys();

  async function faultOf(env: Environment): Promise<string> {
    try {
      await open(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return expect.fail('the keys were accepted');
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
      const error = await openSigningKeys(config, recordingLog().log).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ConfigError);
    });
  });
});
