import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { expect } from 'chai';
import { keyPairFault, sharedSecretFault, urlFault } from '../../charts-ts/output/secret-rules.ts';
import { pemPair } from '../support/keys.ts';

function toPem({ privateKey, publicKey }: KeyPairKeyObjectResult) {
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

describe('charts: secrets', () => {
  it("refuse the guide's example URL, short passwords and other protocols", () => {
    const postgres = ['postgresql:'];
    expect(urlFault('postgresql://admin:password@auth-db.internal:5432/authdb', postgres)).to.contain(
      'placeholder',
    );
    expect(urlFault('postgresql://admin:f8Hq2LzvPw91Tn@db.xxx.rds.amazonaws.com/a', postgres)).to.contain(
      'placeholder',
    );
    expect(urlFault('postgresql://admin:short@db.internal/a', postgres)).to.contain('at least 12');
    expect(urlFault('postgresql://db.internal/a', postgres)).to.contain('at least 12');
    expect(urlFault('mysql://a:f8Hq2LzvPw91Tn@db.internal/a', postgres)).to.contain(
      'must be a URL that begins with postgresql://',
    );
    expect(urlFault('postgresql://a:f8Hq2LzvPw91Tn@db.internal/a', postgres)).to.equal(undefined);
  });

  const urlOf = (host: string, password = 'f8Hq2LzvPw91Tn') =>
    `postgresql://auth:${password}@${host}:5432/auth`;
  const faultOf = (...parts: Parameters<typeof urlOf>) => urlFault(urlOf(...parts), ['postgresql:']);

  for (const host of [
    ...['auth.todoapp.internal', 'postgres.todo.svc.cluster.local', 'youragency.de', 'db.your.company'],
    ...[
      'examples.corp.io',
      'db.example-gmbh.de',
      'dummy-data.internal',
      'secret-keys.internal',
      'xxl.corp.io',
    ],
  ])
    it(`accept the real host ${host}, which only looks like a placeholder`, () => {
      expect(faultOf(host)).to.equal(undefined);
    });

  for (const host of [
    ...['db.xxx.rds.amazonaws.com', 'your-db.internal', 'db.yourdomain.com', 'db.example.com', 'example.org'],
    ...['db.example', 'db.invalid', 'change-me.internal', 'changeme', 'placeholder'],
  ])
    it(`refuse the host ${host} of an example`, () => {
      expect(faultOf(host)).to.equal('must name a real host instead of a placeholder');
    });

  for (const password of [
    'todoTn91wPvzL2qH8f',
    'f8Hq2xxxLzvPw91Tn',
    'Zp-your-Qm4Rt7Wc2Xb',
    'example-kWq3vRn8Lt2p',
  ])
    it(`accept the random password ${password}, which contains a word by chance`, () => {
      expect(faultOf('db.internal', password)).to.equal(undefined);
    });

  for (const password of [
    'password1234',
    'change-me-123456',
    'P4ssw0rd-1234567',
    'your-secret-key',
    'supersecret123',
    'postgres',
  ])
    it(`refuse the password ${password} of an example`, () => {
      expect(faultOf('db.internal', password)).to.equal('must have a real password instead of a placeholder');
    });

  it('refuse shared secrets that are short, repeated, placeholders or keys', () => {
    expect(sharedSecretFault('q8Zk3vN1xT7mB5s')).to.contain('32 bytes');
    expect(sharedSecretFault('ab'.repeat(20))).to.contain('entropy');
    expect(sharedSecretFault('abcdefghijklmnopqrstuvwxyz012345')).to.contain('entropy');
    expect(sharedSecretFault('change-me-change-me-change-me-change-me')).to.contain('placeholder');
    expect(sharedSecretFault('-----BEGIN PUBLIC KEY-----')).to.contain('PEM');
    expect(sharedSecretFault('q8Zk3vN1xT7mB5sD9fH2jL4pR6wY0cA3eG5iK7oU')).to.equal(undefined);
  });

  it('refuse key pairs that are weak, of another kind, or no pair', () => {
    const { privatePem, publicPem } = pemPair('a');
    const rsa = { privateKey: privatePem, publicKey: publicPem };
    const weak = toPem(generateKeyPairSync('rsa', { modulusLength: 1024 }));
    const curve = toPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const edwards = toPem(generateKeyPairSync('ed25519'));
    expect(keyPairFault('RS256', rsa.privateKey, rsa.publicKey)).to.equal(undefined);
    expect(keyPairFault('ES256', curve.privateKey, curve.publicKey)).to.equal(undefined);
    expect(keyPairFault('EdDSA', edwards.privateKey, edwards.publicKey)).to.equal(undefined);
    expect(keyPairFault('RS256', weak.privateKey, weak.publicKey)).to.contain('2048');
    expect(keyPairFault('RS256', curve.privateKey, curve.publicKey)).to.contain('RS256');
    expect(keyPairFault('RS256', rsa.privateKey, weak.publicKey)).to.contain('must match');
    expect(keyPairFault('RS256', rsa.privateKey, rsa.privateKey)).to.contain('public key');
    expect(keyPairFault('RS256', 'nonsense', rsa.publicKey)).to.contain('the same pair');
  });
});
