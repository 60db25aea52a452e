import { expect } from 'chai';
import { requiredForKeyPair, requiredForSecret, requiredInProduction } from '../../app/config/config.ts';
import type { Environment } from '../../app/config/reader.ts';
import { faultsOf, parse, production, scratchFiles } from '../support/configuration.ts';

const named = (faults: readonly string[]): (string | undefined)[] =>
  faults.map((fault) => fault.split(' ')[0]);

describe('parseConfig in production', () => {
  const files = scratchFiles();

  it('accepts the guide’s own kind of environment', () => {
    const config = parse(production);
    expect(config.environment).to.equal('production');
    expect(config.database.url?.()).to.equal(production.DB_PRIMARY_DB_URL);
    expect(config.redis.url?.()).to.equal(production.REDIS_URL);
  });

  it('names everything that is missing at once', () => {
    expect(named(faultsOf({ ENV: 'production' }))).to.have.members([
      ...requiredInProduction,
      ...requiredForKeyPair,
    ]);
  });

  it('asks for a secret instead of a key pair under HS256', () => {
    const faults = faultsOf({ ENV: 'production', JWT_ALGORITHM: 'HS256' });
    expect(named(faults)).to.have.members([...requiredInProduction, ...requiredForSecret]);
  });

  it('verifies Postgres in full, unless DB_TLS=unverified is said aloud', () => {
    expect(parse(production).database).to.include({ sslMode: 'verify-full', acceptsTrust: false });
    const DB_CA_FILE = files.write('ca.pem', 'certificates');
    expect(parse({ ...production, DB_CA_FILE }).database.sslMode).to.equal('verify-full');
    expect(parse({ ...production, DB_TLS: 'unverified' }).database).to.include({
      sslMode: 'require',
      acceptsTrust: false,
    });
  });

  it('verifies Postgres outside of production with a CA file, or with DB_TLS=verified', () => {
    const DB_CA_FILE = files.write('ca.pem', 'certificates');
    expect(parse({}).database).to.include({ sslMode: 'disable', acceptsTrust: true });
    expect(parse({ DB_CA_FILE }).database.sslMode).to.equal('verify-full');
    expect(parse({ DB_TLS: 'verified' }).database.sslMode).to.equal('verify-full');
  });

  it('refuses a CA file that nothing would use', () => {
    const file = files.write('ca.pem', 'certificates');
    expect(faultsOf({ ...production, DB_TLS: 'unverified', DB_CA_FILE: file })).to.deep.equal([
      'DB_TLS must not be unverified beside DB_CA_FILE',
    ]);
    const plain = { ...production, REDIS_TLS: 'off', REDIS_URL: 'redis://redis:6379', REDIS_CA_FILE: file };
    expect(named(faultsOf(plain))).to.deep.equal(['REDIS_CA_FILE']);
    expect(faultsOf({ ...production, REDIS_CA_FILE: file })).to.deep.equal([]);
  });

  it('asks for breached passwords over TLS, or on a loopback address', () => {
    for (const url of [
      'http://breaches.example.com/range',
      'http://localhost.example.com/',
      'http://127.0.0.1.example/',
    ]) {
      expect(named(faultsOf({ ...production, PASSWORD_BREACH_URL: url })), url).to.deep.equal([
        'PASSWORD_BREACH_URL',
      ]);
      expect(faultsOf({ PASSWORD_BREACH_URL: url }), url).to.deep.equal([]);
    }
    for (const url of [
      'https://breaches.example.com/range',
      'http://127.0.0.1:8080/range',
      'http://[::1]/',
      'http://localhost/',
    ]) {
      expect(parse({ ...production, PASSWORD_BREACH_URL: url }).passwords.breachUrl).to.equal(url);
    }
    expect(named(faultsOf({ PASSWORD_BREACH_URL: 'breaches.example.com' }))).to.deep.equal([
      'PASSWORD_BREACH_URL',
    ]);
    expect(parse(production).passwords.breachUrl).to.equal(undefined);
  });

  it('allows a Redis without TLS only when REDIS_TLS=off is said aloud', () => {
    const plain = { ...production, REDIS_URL: 'redis://redis:6379' };
    expect(named(faultsOf(plain))).to.deep.equal(['REDIS_URL']);
    expect(named(faultsOf({ ...plain, REDIS_TLS: 'on' }))).to.deep.equal(['REDIS_URL']);
    expect(faultsOf({ ...plain, REDIS_TLS: 'off' })).to.deep.equal([]);
  });

  it('demands TLS of a Redis whose certificate is not verified, and no CA that would not be used', () => {
    const unverified = { ...production, REDIS_TLS: 'unverified' };
    expect(faultsOf(unverified)).to.deep.equal([]);
    expect(named(faultsOf({ ...unverified, REDIS_URL: 'redis://redis:6379' }))).to.deep.equal(['REDIS_URL']);
    const REDIS_CA_FILE = files.write('ca.pem', 'certificates');
    expect(faultsOf({ ...unverified, REDIS_CA_FILE })).to.deep.equal([
      'REDIS_TLS must not be unverified beside REDIS_CA_FILE',
    ]);
  });

  it('refuses a cluster of which one node lacks TLS', () => {
    const faults = faultsOf({ ...production, REDIS_URL: 'rediss://a:6379,redis://b:6379' });
    expect(named(faults)).to.deep.equal(['REDIS_URL']);
  });

  const refused: readonly [title: string, env: Environment, name: string][] = [
    ['a metrics token that can be guessed', { METRICS_TOKEN: 'm'.repeat(40) }, 'METRICS_TOKEN'],
    ['a log that only people can read', { LOG_FORMAT: 'pretty' }, 'LOG_FORMAT'],
    ['rate limits switched off', { RATE_LIMIT: 'off' }, 'RATE_LIMIT'],
    ['rate limits scaled away', { RATE_LIMIT_SCALE: '10' }, 'RATE_LIMIT_SCALE'],
    ['any origin', { CORS_ALLOWED_ORIGINS: '["*"]' }, 'CORS_ALLOWED_ORIGINS'],
    [
      'any origin among named ones',
      { CORS_ALLOWED_ORIGINS: '["https://a.example","*"]' },
      'CORS_ALLOWED_ORIGINS',
    ],
    [
      'every label of a domain without TLS, which anybody on the network can impersonate',
      { CORS_ALLOWED_ORIGINS: '["http://*.example.com"]' },
      'CORS_ALLOWED_ORIGINS',
    ],
    ['password hashing with too little memory', { ARGON2_MEMORY_KIB: '4096' }, 'ARGON2_MEMORY_KIB'],
    ['password hashing with too few passes', { ARGON2_TIME: '1' }, 'ARGON2_MEMORY_KIB'],
  ];
  for (const [title, env, name] of refused) {
    it(`refuses ${title}`, () => {
      expect(named(faultsOf({ ...production, ...env }))).to.deep.equal([name]);
    });
    it(`leaves ${title} to development`, () => {
      expect(faultsOf(env)).to.deep.equal([]);
    });
  }

  it('accepts every profile of OWASP for argon2id', () => {
    const profiles = [
      ['47104', '1'],
      ['12288', '3'],
      ['7168', '5'],
    ];
    for (const [ARGON2_MEMORY_KIB, ARGON2_TIME] of profiles) {
      expect(faultsOf({ ...production, ARGON2_MEMORY_KIB, ARGON2_TIME })).to.deep.equal([]);
    }
  });

  it('refuses to trust every address, unless the header contains nothing but the client', () => {
    for (const TRUSTED_PROXIES of ['0.0.0.0/0', '10.0.0.0/8,::/0']) {
      const env = { ...production, TRUSTED_PROXIES };
      for (const CLIENT_IP_HEADER of ['X-Forwarded-For', 'Forwarded']) {
        expect(named(faultsOf({ ...env, CLIENT_IP_HEADER }))).to.deep.equal(['TRUSTED_PROXIES']);
      }
      expect(faultsOf({ ...env, CLIENT_IP_HEADER: 'Fly-Client-IP' })).to.deep.equal([]);
    }
  });

  it('accepts any host when * is said aloud', () => {
    expect(parse({ ...production, ALLOWED_HOSTS: '*' }).http.allowedHosts).to.deep.equal(['*']);
  });
});
