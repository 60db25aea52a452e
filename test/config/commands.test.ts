import { expect } from 'chai';
import type { CommandName } from '../../app/config/commands.ts';
import { ConfigError, commandNames, parseConfig, variables, variablesOf } from '../../app/config/config.ts';
import { type Environment, realFiles } from '../../app/config/reader.ts';
import { machine, scratchFiles } from '../support/configuration.ts';

const parseFor = (command: CommandName, env: Environment, on = machine) =>
  parseConfig(env, on, realFiles, command);

function faultsFor(command: CommandName, env: Environment, on = machine): readonly string[] {
  try {
    parseFor(command, env, on);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const database = { ENV: 'production', DB_PRIMARY_DB_URL: 'postgresql://app:pw@db.example.com/authdb' };
const others = commandNames.filter((command) => command !== 'serve');

/** A value that is wrong for each of some variables. */
const wrong: Environment = {
  PORT: 'eighty',
  DB_TIMEOUT: '7 apples',
  DB_POOL_MAX: 'many',
  DB_REPLICA_DB_URL: 'http://replica',
  DB_MIGRATION_URL: 'http://owner',
  REDIS_URL: 'http://redis',
  REDIS_CA_FILE: '/nowhere/ca.pem',
  JWT_ALGORITHM: 'none',
  JWT_PRIVATE_KEY_PATH: '/nowhere/key.pem',
  ACCESS_TOKEN_TTL: 'soon',
  ARGON2_TIME: 'zero',
  PASSWORD_BREACH_URL: 'breaches',
  TRUSTED_PROXIES: '10.0.0.0/33',
};

describe('the configuration of a command', () => {
  for (const command of others.filter((name) => !['keep-port', 'verify'].includes(name))) {
    it(`${command} needs the database alone in production`, () => {
      expect(faultsFor(command, database)).to.deep.equal([]);
      const nothing = { ENV: 'production', JWT_ALGORITHM: 'HS256' };
      expect(faultsFor(command, nothing)).to.deep.equal([
        'DB_PRIMARY_DB_URL is required in production: the embedded Postgres is for development',
      ]);
    });
  }

  it('verify needs nothing, because a check reports what is missing', () => {
    expect(faultsFor('verify', { ENV: 'production' })).to.deep.equal([]);
  });

  it('a command of the owner needs the URL of the owner and the role of the service, if it has no URL of the service', () => {
    const owner = { ENV: 'production', DB_MIGRATION_URL: 'postgresql://owner:pw@db.example.com/authdb' };
    for (const command of ['migrate', 'backup', 'restore'] as const)
      expect(faultsFor(command, { ...owner, DB_SERVICE_ROLE: 'auth_service' })).to.deep.equal([]);
    expect(faultsFor('migrate', owner).join()).to.match(/^DB_PRIMARY_DB_URL is required/);
    expect(faultsFor('purge', { ...owner, DB_SERVICE_ROLE: 'auth_service' }).join()).to.match(
      /^DB_PRIMARY_DB_URL is required/,
    );
  });

  const faulty: Record<CommandName, readonly string[]> = {
    serve: Object.keys(wrong),
    'keep-port': [],
    migrate: ['DB_TIMEOUT', 'DB_MIGRATION_URL'],
    backup: ['DB_TIMEOUT', 'DB_MIGRATION_URL'],
    restore: ['DB_TIMEOUT', 'DB_MIGRATION_URL'],
    purge: ['DB_TIMEOUT', 'DB_POOL_MAX'],
    admin: [
      ...['DB_TIMEOUT', 'DB_POOL_MAX', 'REDIS_URL', 'REDIS_CA_FILE'],
      ...['ARGON2_TIME', 'PASSWORD_BREACH_URL'],
    ],
    sessions: ['DB_TIMEOUT', 'DB_POOL_MAX', 'REDIS_URL', 'REDIS_CA_FILE'],
    keys: [
      ...['DB_TIMEOUT', 'DB_POOL_MAX', 'REDIS_URL', 'REDIS_CA_FILE'],
      ...['JWT_ALGORITHM', 'JWT_PRIVATE_KEY_PATH', 'ACCESS_TOKEN_TTL'],
    ],
    verify: ['DB_TIMEOUT', 'DB_REPLICA_DB_URL', 'REDIS_URL', 'REDIS_CA_FILE'],
  };
  for (const command of commandNames) {
    it(`${command} is stopped by a fault of what it reads, and warns about all others`, () => {
      for (const [name, value] of Object.entries(wrong)) {
        const isFault = faulty[command].includes(name);
        const env = { ...database, [name]: value };
        const own = faultsFor(command, env).filter((fault) => fault.startsWith(name));
        expect(own.length > 0, name).to.equal(isFault);
        if (isFault) continue;
        const { warnings } = parseFor(command, env);
        expect(warnings.join(), name).to.match(new RegExp(`^${name} `));
        expect(warnings.join()).not.to.contain(value);
      }
    });
  }

  it('has the default of a variable that the command does not read, also if that is valid', () => {
    const env = {
      ...database,
      PORT: '80',
      REDIS_URL: 'rediss://redis',
      DB_REPLICA_DB_URL: 'postgresql://r/a',
    };
    const { database: postgres, http, redis, warnings } = parseFor('purge', env);
    expect([http.port, redis.url, postgres.replicaUrl, warnings]).to.deep.equal([8000, null, null, []]);
  });

  it('needs no memory for hashing where the command hashes nothing', () => {
    const small = { cpus: 2, hasCpuQuota: true, memoryBytes: 32 * 1024 ** 2 };
    expect(faultsFor('migrate', database, small)).to.deep.equal([]);
    expect(faultsFor('admin', database, small).join()).to.match(/^HASH_CONCURRENCY/);
  });

  const files = scratchFiles();
  it('accepts secrets in files', () => {
    const { DB_PRIMARY_DB_URL, ENV } = database;
    const path = files.write('url', DB_PRIMARY_DB_URL);
    for (const command of others) {
      expect(faultsFor(command, { ENV, DB_PRIMARY_DB_URL_FILE: path }), command).to.deep.equal([]);
    }
  });

  it('consists of variables that exist, and names the owner of the tables to those that need it alone', () => {
    const ofOwner: readonly CommandName[] = ['migrate', 'backup', 'restore'];
    for (const command of ofOwner) {
      expect(variablesOf(command)).to.have.members([
        ...[
          'ENV',
          'LOG_LEVEL',
          'LOG_FORMAT',
          'GOOGLE_CLOUD_PROJECT',
          'DB_PRIMARY_DB_URL',
          'DB_CA_FILE',
          'DB_CA',
          'DB_TLS',
          'DB_TIMEOUT',
        ],
        ...['DB_MIGRATION_URL', 'DB_SERVICE_ROLE'],
      ]);
    }
    for (const command of commandNames) {
      expect(Object.keys(variables), command).to.include.members([...variablesOf(command)]);
      const knowsOwner = variablesOf(command).includes('DB_MIGRATION_URL');
      expect(knowsOwner, command).to.equal(ofOwner.includes(command));
    }
  });
});
