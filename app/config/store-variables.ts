import { secret, variable } from './entry.ts';
import { duration, file, integer, oneOf, roleName } from './format.ts';
import {
  caCertificates,
  databaseUrl,
  isEncryptedRedis,
  password,
  pem,
  redisKeyPrefix,
  redisUrl,
} from './secret-formats.ts';

/** The variables of Postgres and Redis, a part of the table in variables.ts. */
export const storeVariables = {
  database: {
    url: secret('DB_PRIMARY_DB_URL', databaseUrl).help(
      'URL of Postgres 15 or newer. DATABASE_URL, as platforms name it, means the same. Without both the service starts an embedded Postgres. In production a URL without sslmode means sslmode=verify-full.',
      {
        alias: 'DATABASE_URL',
        required: 'the embedded Postgres is for development',
        example: 'postgresql://devuser:devpassword@localhost:5432/authdb?sslmode=disable',
      },
    ),
    replicaUrl: secret('DB_REPLICA_DB_URL', databaseUrl).help(
      'URL of a Postgres replica, for reads that tolerate replication lag.',
      { example: 'postgresql://devuser:devpassword@localhost:5433/authdb?sslmode=disable' },
    ),
    replicaMaxLag: variable('DB_REPLICA_MAX_LAG', duration('1s', '1h'), '10s').help(
      'Reads go to the primary while the replica is further behind than this, or does not answer.',
    ),
    caFile: variable('DB_CA_FILE', file).help(
      'File of CA certificates for Postgres. Without it the CAs of Node.js are used. With it a URL without sslmode means sslmode=verify-full.',
      { example: '/run/secrets/db-ca.pem' },
    ),
    ca: variable('DB_CA', caCertificates).help(
      'The CA certificates themselves instead of DB_CA_FILE, for platforms that mount no files.',
    ),
    tls: variable('DB_TLS', oneOf(['verified', 'unverified'])).help(
      'What a URL without sslmode means: sslmode=verify-full (the default in production), or sslmode=require, which accepts every certificate.',
      { example: 'verified' },
    ),
    poolMax: variable('DB_POOL_MAX', integer(1, 1_000), '10').help(
      'Number of Postgres connections per process.',
    ),
    poolIdleTimeout: variable('DB_POOL_IDLE_TIMEOUT', duration('1s', '1h'), '1m').help(
      'Time after which an idle Postgres connection is closed instead of used. It must be shorter than the idle timeout of every firewall, NAT gateway and pooler on the path.',
    ),
    poolMaxLifetime: variable('DB_POOL_MAX_LIFETIME', duration('1s', '24h'), '30m').help(
      'Age after which a Postgres connection is replaced when its work is done.',
    ),
    prepare: variable('DB_PREPARE', oneOf(['auto', 'on', 'off']), 'auto').help(
      'Use of prepared statements. With auto the service finds out whether a pooler in front of Postgres keeps them, and uses none if that is not certain.',
    ),
    timeout: variable('DB_TIMEOUT', duration('10ms', '1h'), '3s').help(
      'Deadline of one query, after which the server cancels it.',
    ),
  },
  migrations: {
    ownerUrl: secret('DB_MIGRATION_URL', databaseUrl).help(
      'URL with which the commands migrate, backup and restore connect: directly to Postgres or through a pooler in session mode, and as the role that owns the tables. Without it they use DB_PRIMARY_DB_URL. Do not give it to the other commands.',
      { example: 'postgresql://devowner:devpassword@localhost:5432/authdb?sslmode=disable' },
    ),
    serviceRole: variable('DB_SERVICE_ROLE', roleName).help(
      'Postgres role of the service, to which migrate grants what the service needs. Without it: the user of DB_PRIMARY_DB_URL, if DB_MIGRATION_URL has another user.',
      { example: 'auth_service' },
    ),
  },
  redis: {
    url: secret('REDIS_URL', redisUrl).help(
      'URL of Redis, a comma list of the URLs of a cluster, or redis+sentinel://HOST:PORT,HOST:PORT/NAME/DATABASE. Without it the process keeps the data in its memory.',
      {
        required: 'the in-memory stand-in is for development',
        production: {
          accept: isEncryptedRedis,
          fault: 'must use rediss:// or rediss+sentinel:// in production, unless REDIS_TLS is off',
          unless: 'REDIS_TLS=off',
        },
        example: 'redis://localhost:6379/0',
      },
    ),
    tls: variable('REDIS_TLS', oneOf(['on', 'off', 'unverified']), 'on').help(
      'Set it to off to allow redis:// without TLS in production, or to unverified to accept every certificate of a rediss:// server, such as a self-signed one.',
    ),
    caFile: variable('REDIS_CA_FILE', file).help(
      'File of CA certificates for Redis (rediss://). Without it the CAs of Node.js are used. The certificate and the host name are verified, unless REDIS_TLS is unverified.',
      { example: '/run/secrets/redis-ca.pem' },
    ),
    ca: variable('REDIS_CA', caCertificates).help(
      'The CA certificates themselves instead of REDIS_CA_FILE, for platforms that mount no files.',
    ),
    cert: secret('REDIS_CERT', pem).help(
      'Client certificate for a Redis that demands one. A changed file is used by the next connection.',
    ),
    key: secret('REDIS_KEY', pem).help('Private key of REDIS_CERT.'),
    keyPrefix: variable('REDIS_KEY_PREFIX', redisKeyPrefix, 'auth:').help(
      'Beginning of all keys and channels. Give each installation that shares a Redis another one.',
    ),
    sentinelPassword: secret('REDIS_SENTINEL_PASSWORD', password).help(
      'Password of the sentinels, if they have one. The password of Redis itself is in REDIS_URL.',
    ),
  },
};
