import { renameSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { type Config, type SecretVariable, secretVariables } from '../../app/config/config.ts';
import { faultsOf, parse, production, scratchFiles } from '../support/configuration.ts';

const fields: Record<SecretVariable, (config: Config) => (() => string) | null> = {
  DB_PRIMARY_DB_URL: (config) => config.database.url,
  DB_REPLICA_DB_URL: (config) => config.database.replicaUrl,
  DB_MIGRATION_URL: (config) => config.migrations.ownerUrl,
  METRICS_TOKEN: (config) => config.http.metricsToken,
  REDIS_URL: (config) => config.redis.url,
  REDIS_CERT: (config) => config.redis.cert,
  REDIS_KEY: (config) => config.redis.key,
  REDIS_SENTINEL_PASSWORD: (config) => config.redis.sentinelPassword,
  JWT_PRIVATE_KEY: (config) => config.jwt.privateKey,
  JWT_PUBLIC_KEY: (config) => config.jwt.publicKey,
  JWT_SECRET_KEY: (config) => config.jwt.secret,
  JWT_SECRET_KEY_PREVIOUS: (config) => config.jwt.previousSecret,
};

const values: Record<SecretVariable, string> = {
  DB_PRIMARY_DB_URL: 'postgresql://db/auth',
  DB_REPLICA_DB_URL: 'postgresql://replica/auth',
  DB_MIGRATION_URL: 'postgresql://owner@db/auth',
  METRICS_TOKEN: 'm'.repeat(32),
  REDIS_URL: 'rediss://redis:6379',
  REDIS_CERT: '-----BEGIN CERTIFICATE-----',
  REDIS_KEY: '-----BEGIN PRIVATE KEY-----',
  REDIS_SENTINEL_PASSWORD: 'sentinel',
  JWT_PRIVATE_KEY: 'private',
  JWT_PUBLIC_KEY: 'public',
  JWT_SECRET_KEY: 'k'.repeat(32),
  JWT_SECRET_KEY_PREVIOUS: 'p'.repeat(32),
};

describe('a secret of the configuration', () => {
  const files = scratchFiles();
  const write = (name: SecretVariable): string => files.write(name, `${values[name]}\n`);

  it('comes from its variable', () => {
    const config = parse(values);
    for (const name of secretVariables) expect(fields[name](config)?.()).to.equal(values[name]);
  });

  it('comes from the file that its _FILE form names, without the trailing line break', () => {
    const env = Object.fromEntries(secretVariables.map((name) => [`${name}_FILE`, write(name)]));
    const config = parse(env);
    for (const name of secretVariables) expect(fields[name](config)?.()).to.equal(values[name]);
  });

  it('comes from the guide’s _PATH form of a key', () => {
    const { jwt } = parse({
      JWT_PRIVATE_KEY_PATH: write('JWT_PRIVATE_KEY'),
      JWT_PUBLIC_KEY_PATH: write('JWT_PUBLIC_KEY'),
    });
    expect([jwt.privateKey?.(), jwt.publicKey?.()]).to.deep.equal(['private', 'public']);
  });

  for (const name of secretVariables) {
    it(`${name} is refused when given both itself and as a file`, () => {
      const faults = faultsOf({ ...values, [`${name}_FILE`]: write(name) });
      expect(faults).to.deep.equal([`${name} is given more than once: set one of ${name} and ${name}_FILE`]);
    });

    it(`${name} is refused when its file cannot be read`, () => {
      const faults = faultsOf({ ...values, [name]: undefined, [`${name}_FILE`]: files.at('absent') });
      expect(faults).to.deep.equal([`${name}_FILE names a file that cannot be read`]);
    });

    it(`${name} is refused when its file is empty`, () => {
      const faults = faultsOf({ ...values, [name]: undefined, [`${name}_FILE`]: files.write('empty', '\n') });
      expect(faults).to.deep.equal([`${name}_FILE names an empty file`]);
    });
  }

  it('is checked in a file as it is in a variable', () => {
    const faults = faultsOf({ JWT_SECRET_KEY_FILE: files.write('short', 'short') });
    expect(faults).to.deep.equal(['JWT_SECRET_KEY must be at least 32 bytes']);
  });

  it('is read again when its file has changed, also when that is swapped by a rename', () => {
    const { redis } = parse({ REDIS_URL_FILE: files.write('redis', 'redis://old:6379') });
    files.write('redis', 'redis://new:6379');
    expect(redis.url?.()).to.equal('redis://new:6379');
    renameSync(files.write('next', 'redis://newest:6379'), files.at('redis'));
    expect(redis.url?.()).to.equal('redis://newest:6379');
  });

  it('keeps its last value while the file is away or empty', () => {
    const { redis } = parse({ REDIS_URL_FILE: files.write('brief', 'redis://kept:6379') });
    files.write('brief', '');
    expect(redis.url?.()).to.equal('redis://kept:6379');
    rmSync(files.at('brief'));
    expect(redis.url?.()).to.equal('redis://kept:6379');
    files.write('brief', 'redis://back:6379');
    expect(redis.url?.()).to.equal('redis://back:6379');
  });

  it('keeps the last URL that could be used while its file holds none', () => {
    const { redis, database } = parse({
      REDIS_URL_FILE: files.write('redis-url', 'redis://:pw@kept:6379'),
      DB_PRIMARY_DB_URL_FILE: files.write('db-url', 'postgresql://u:pw@kept/auth'),
    });
    for (const broken of ['redis://:pw@kept:63x79', 'half of', 'redis://:p%w@kept:6379']) {
      files.write('redis-url', broken);
      expect(redis.url?.()).to.equal('redis://:pw@kept:6379');
    }
    for (const broken of ['postgresql://u:pw@kept:54x32/auth', 'half of', 'postgresql://u:p%w@kept/auth']) {
      files.write('db-url', broken);
      expect(database.url?.()).to.equal('postgresql://u:pw@kept/auth');
    }
  });

  it('is not taken into use when it would send a production process to Redis in plain text', () => {
    const REDIS_URL_FILE = files.write('tls', 'rediss://redis:6379');
    const { redis } = parse({ ...production, REDIS_URL: undefined, REDIS_URL_FILE });
    files.write('tls', 'redis://redis:6379');
    expect(redis.url?.()).to.equal('rediss://redis:6379');
  });

  it('of the database may have the name that platforms give it', () => {
    for (const url of ['postgres://u:p@db:5432/auth', 'postgresql://u:p@db:5432/auth']) {
      expect(parse({ DATABASE_URL: url }).database.url?.()).to.equal(url);
      expect(parse({ DATABASE_URL: url, DB_PRIMARY_DB_URL: url }).database.url?.()).to.equal(url);
      expect(faultsOf({ ...production, DB_PRIMARY_DB_URL: undefined, DATABASE_URL: url })).to.deep.equal([]);
    }
    expect(faultsOf({ DATABASE_URL: 'mysql://db/auth' })).to.deep.equal([
      'DATABASE_URL must be a postgresql:// URL',
    ]);
  });

  it('of the database must not have two values under its two names', () => {
    const url = 'postgres://u:p@db/auth';
    expect(faultsOf({ DATABASE_URL: url, DB_PRIMARY_DB_URL: 'postgres://u:p@other/auth' })).to.deep.equal([
      'DB_PRIMARY_DB_URL and DATABASE_URL have different values: set one of them, or both to the same',
    ]);
    const DB_PRIMARY_DB_URL_FILE = files.write('primary', url);
    expect(faultsOf({ DATABASE_URL: url, DB_PRIMARY_DB_URL_FILE })).to.deep.equal([
      'DB_PRIMARY_DB_URL is given more than once: set one of DATABASE_URL and DB_PRIMARY_DB_URL_FILE',
    ]);
  });
});
