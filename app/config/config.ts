import { type Machine, readMachine } from './cgroup.ts';
import { checkConsistency, checkProduction } from './checks.ts';
import { createReader, type Environment, type Reader as ReaderOf, type Secret } from './reader.ts';
import type { Config } from './shape.ts';
import { checkDatabaseUrl, redisUrlCheck } from './urls.ts';
import { algorithms, logLevels, type Variable } from './variables.ts';

export type { Secret } from './reader.ts';
export type { Config } from './shape.ts';
export { redisNodes } from './urls.ts';
export {
  type Algorithm,
  algorithms,
  logLevels,
  requiredForKeyPair,
  requiredForSecret,
  requiredInProduction,
  type SecretVariable,
  secretVariables,
  type Variable,
  variables,
} from './variables.ts';

/** Thrown by parseConfig and by whatever finds a configured key or file unusable; the process exits with 78. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

type Reader = ReaderOf<Variable>;

function redisUrl(read: Reader, production: boolean): Secret | null {
  const mustEncrypt = read.onOff('REDIS_TLS', true) && production;
  return read.secret('REDIS_URL', undefined, redisUrlCheck(mustEncrypt));
}

function hmacSecret(read: Reader, name: 'JWT_SECRET_KEY' | 'JWT_SECRET_KEY_PREVIOUS'): Secret | null {
  const secret = read.secret(name);
  if (!secret?.()) return secret;
  // RFC 7518 section 3.2 asks for a key as long as the hash; a PEM here would let a published key forge tokens.
  if (Buffer.byteLength(secret()) < 32) read.fault(name, 'must be at least 32 bytes');
  if (secret().includes('-----BEGIN')) read.fault(name, 'must not be a PEM key');
  return secret;
}

function readJwt(read: Reader): Config['jwt'] {
  return {
    algorithm: read.oneOf('JWT_ALGORITHM', algorithms, 'RS256'),
    privateKey: read.secret('JWT_PRIVATE_KEY', 'JWT_PRIVATE_KEY_PATH'),
    publicKey: read.secret('JWT_PUBLIC_KEY', 'JWT_PUBLIC_KEY_PATH'),
    publicKeysDir: read.folder('JWT_PUBLIC_KEYS_DIR'),
    secret: hmacSecret(read, 'JWT_SECRET_KEY'),
    previousSecret: hmacSecret(read, 'JWT_SECRET_KEY_PREVIOUS'),
    issuer: read.text('JWT_ISSUER') ?? 'auth-service',
    audience: read.text('JWT_AUDIENCE') ?? 'auth-service',
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError naming every fault at once, never a value
 */
export function parseConfig(env: Environment, machine: Machine = readMachine()): Config {
  const read = createReader<Variable>(env);
  const environment = read.oneOf('ENV', ['development', 'test', 'production'], 'development');
  const production = environment === 'production';
  const caFile = read.file('DB_CA_FILE');
  const config: Config = {
    environment,
    dataDir: read.text('DATA_DIR') ?? '.data',
    http: {
      host: read.text('HOST') ?? '0.0.0.0',
      port: read.integer('PORT', 8000, 0, 65_535),
      metricsPort: read.integer('METRICS_PORT', 9464, 0, 65_535),
      keepAliveTimeout: read.duration('KEEP_ALIVE_TIMEOUT', '75s', '1s', '1h'),
      allowedHosts: read.hosts('ALLOWED_HOSTS'),
      corsOrigins: read.origins('CORS_ALLOWED_ORIGINS'),
      trustedProxies: read.cidrs('TRUSTED_PROXIES'),
    },
    database: {
      url: read.secret('DB_PRIMARY_DB_URL', undefined, checkDatabaseUrl),
      replicaUrl: read.secret('DB_REPLICA_DB_URL', undefined, checkDatabaseUrl),
      caFile,
      sslMode: caFile ? 'verify-full' : production ? 'require' : 'disable',
      poolMax: read.integer('DB_POOL_MAX', 10, 1, 1_000),
      prepare: read.onOff('DB_PREPARE', true),
      timeout: read.duration('DB_TIMEOUT', '3s', '10ms', '1h'),
    },
    redis: { url: redisUrl(read, production) },
    jwt: readJwt(read),
    sessions: {
      accessTokenTtl: read.duration('ACCESS_TOKEN_TTL', '15m', '1s', '30d'),
      refreshTokenTtl: read.duration('REFRESH_TOKEN_TTL', '30d', '1s', '3650d'),
      maxAge: read.duration('SESSION_MAX_AGE', '90d', '1s', '3650d'),
    },
    hashing: {
      memoryKib: read.integer('ARGON2_MEMORY_KIB', 19_456, 8, 4_194_304),
      time: read.integer('ARGON2_TIME', 2, 1, 100),
      parallelism: read.integer('ARGON2_PARALLELISM', 1, 1, 64),
      concurrency: read.integer('HASH_CONCURRENCY', Math.max(1, Math.floor(machine.cpus)), 1, 512),
      queueMax: read.integer('HASH_QUEUE_MAX', 64, 0, 100_000),
    },
    limits: {
      enabled: read.onOff('RATE_LIMIT', true),
      scale: read.integer('RATE_LIMIT_SCALE', 1, 1, 100_000),
    },
    shutdown: {
      drainDelay: read.duration('DRAIN_DELAY', '0s', '0s', '1h'),
      timeout: read.duration('SHUTDOWN_TIMEOUT', '25s', '0s', '1h'),
    },
    tracing: { endpoint: read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']) },
    logLevel: read.oneOf('LOG_LEVEL', logLevels, environment === 'development' ? 'debug' : 'info'),
  };
  checkConsistency(read, config, machine);
  if (production) checkProduction(read, config);
  if (read.faults.length > 0) throw new ConfigError([...new Set(read.faults)]);
  return deepFreeze(config);
}
