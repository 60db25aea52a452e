import { type Machine, readMachine } from './cgroup.ts';
import { createReader, type Environment, type Secret } from './config-reader.ts';

export type { Secret } from './config-reader.ts';

/** Every variable that the service reads. The charts type a container's `env` list with it. */
export const variables = {
  ENV: 'development, test or production',
  HOST: 'address of both listeners',
  PORT: 'port of the API',
  METRICS_PORT: 'port of /metrics; never behind the ingress',
  KEEP_ALIVE_TIMEOUT: 'how long an idle connection is kept; longer than the load balancer keeps it',
  DB_PRIMARY_DB_URL: 'Postgres',
  DB_REPLICA_DB_URL: 'optional Postgres replica for reads that tolerate lag',
  DB_CA_FILE: 'CA certificates for Postgres; with it TLS is verified in full',
  DB_POOL_MAX: 'Postgres connections per process',
  DB_PREPARE: 'prepared statements; off behind a transaction-pooling PgBouncer',
  DB_TIMEOUT: 'deadline of one query',
  REDIS_URL: 'Redis: one URL, or a comma list of the nodes of a cluster',
  REDIS_TLS: 'off allows redis:// in production',
  JWT_ALGORITHM: 'RS256, ES256, EdDSA or HS256',
  JWT_PRIVATE_KEY: 'PEM text of the signing key',
  JWT_PRIVATE_KEY_PATH: 'PEM file of the signing key',
  JWT_PUBLIC_KEY: 'PEM text of its public key',
  JWT_PUBLIC_KEY_PATH: 'PEM file of its public key',
  JWT_PUBLIC_KEYS_DIR: 'folder of further public keys, accepted and published: upcoming and retired ones',
  JWT_SECRET_KEY: 'HS256 secret, at least 32 bytes',
  JWT_SECRET_KEY_PREVIOUS: 'HS256 secret still accepted',
  JWT_ISSUER: 'iss of access tokens',
  JWT_AUDIENCE: 'aud of access tokens',
  ACCESS_TOKEN_TTL: 'life of an access token',
  REFRESH_TOKEN_TTL: 'idle time after which a session ends',
  SESSION_MAX_AGE: 'age at which a session ends however busy it is',
  CORS_ALLOWED_ORIGINS: 'JSON array of origins',
  ALLOWED_HOSTS: 'comma list of host names; * for any',
  TRUSTED_PROXIES: 'comma list of CIDR blocks whose X-Forwarded-For counts',
  ARGON2_MEMORY_KIB: 'argon2id memory per hash',
  ARGON2_TIME: 'argon2id passes',
  ARGON2_PARALLELISM: 'argon2id lanes',
  HASH_CONCURRENCY: 'argon2 jobs at once',
  HASH_QUEUE_MAX: 'argon2 jobs that may wait',
  RATE_LIMIT: 'off disables all rate limits; refused in production',
  RATE_LIMIT_SCALE: 'divides the windows of all rate limits; for tests',
  DRAIN_DELAY: 'how long an unready process keeps serving after SIGTERM',
  SHUTDOWN_TIMEOUT: 'how long requests under way may then take',
  LOG_LEVEL: 'trace, debug, info, warn, error or silent',
  DATA_DIR: 'where the embedded Postgres and the generated keys lie',
} as const;

export type Variable = keyof typeof variables;

/** Variables that also have a `_FILE` form; their files are read again when they change. */
export const secretVariables = [
  'DB_PRIMARY_DB_URL',
  'DB_REPLICA_DB_URL',
  'REDIS_URL',
  'JWT_PRIVATE_KEY',
  'JWT_PUBLIC_KEY',
  'JWT_SECRET_KEY',
  'JWT_SECRET_KEY_PREVIOUS',
] as const satisfies readonly Variable[];

export type SecretVariable = (typeof secretVariables)[number];

/** What a production process does not start without; JWT key variables depend on the algorithm. */
export const requiredInProduction = ['DB_PRIMARY_DB_URL', 'REDIS_URL', 'ALLOWED_HOSTS'] as const;
export const requiredForSecret = ['JWT_SECRET_KEY'] as const;
export const requiredForKeyPair = ['JWT_PRIVATE_KEY_PATH', 'JWT_PUBLIC_KEY_PATH'] as const;

export const algorithms = ['RS256', 'ES256', 'EdDSA', 'HS256'] as const;
export type Algorithm = (typeof algorithms)[number];
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** All durations are milliseconds. `null` where the embedded part stands in. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly dataDir: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly metricsPort: number;
    readonly keepAliveTimeout: number;
    readonly allowedHosts: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly trustedProxies: readonly string[];
  };
  readonly database: {
    readonly url: Secret | null;
    readonly replicaUrl: Secret | null;
    readonly caFile: string | undefined;
    /** sslmode of a URL that names none. */
    readonly sslMode: 'disable' | 'require' | 'verify-full';
    readonly poolMax: number;
    readonly prepare: boolean;
    readonly timeout: number;
  };
  readonly redis: { readonly url: Secret | null };
  readonly jwt: {
    readonly algorithm: Algorithm;
    readonly privateKey: Secret | null;
    readonly publicKey: Secret | null;
    readonly publicKeysDir: string | undefined;
    readonly secret: Secret | null;
    readonly previousSecret: Secret | null;
    readonly issuer: string;
    readonly audience: string;
  };
  readonly sessions: {
    readonly accessTokenTtl: number;
    readonly refreshTokenTtl: number;
    readonly maxAge: number;
  };
  readonly hashing: {
    readonly memoryKib: number;
    readonly time: number;
    readonly parallelism: number;
    readonly concurrency: number;
    readonly queueMax: number;
  };
  readonly limits: { readonly enabled: boolean; readonly scale: number };
  readonly shutdown: { readonly drainDelay: number; readonly timeout: number };
  readonly logLevel: (typeof logLevels)[number];
}

/** Thrown by parseConfig and by whatever finds a configured key or file unusable; the process exits with 78. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`configuration is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

type Reader = ReturnType<typeof createReader<Variable>>;

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  try {
    const url = new URL(value);
    return protocols.includes(url.protocol) && url.hostname !== '';
  } catch {
    return false;
  }
}

function databaseUrl(read: Reader, name: 'DB_PRIMARY_DB_URL' | 'DB_REPLICA_DB_URL'): Secret | null {
  const url = read.secret(name);
  if (url?.() && !hasProtocol(url(), ['postgres:', 'postgresql:']))
    read.fault(name, 'must be a postgresql:// URL');
  return url;
}

/** The nodes of `redis://a:6379,redis://b:6379`; one for the usual single URL. */
export function redisNodes(value: string): string[] {
  return value.split(/,(?=rediss?:\/\/)/);
}

function redisUrl(read: Reader, production: boolean): Secret | null {
  const url = read.secret('REDIS_URL');
  const tlsOff = !read.onOff('REDIS_TLS', true);
  if (!url?.()) return url;
  const nodes = redisNodes(url());
  if (!nodes.every((node) => hasProtocol(node, ['redis:', 'rediss:']))) {
    read.fault('REDIS_URL', 'must be a redis:// or rediss:// URL');
  } else if (production && !tlsOff && !nodes.every((node) => node.startsWith('rediss:'))) {
    read.fault('REDIS_URL', 'must use rediss:// in production, unless REDIS_TLS=off says otherwise');
  }
  return url;
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
    publicKeysDir: read.text('JWT_PUBLIC_KEYS_DIR'),
    secret: hmacSecret(read, 'JWT_SECRET_KEY'),
    previousSecret: hmacSecret(read, 'JWT_SECRET_KEY_PREVIOUS'),
    issuer: read.text('JWT_ISSUER') ?? 'auth-service',
    audience: read.text('JWT_AUDIENCE') ?? 'auth-service',
  };
}

function checkProduction(read: Reader, config: Config): void {
  const missing: [Variable, boolean, string][] = [
    [
      'DB_PRIMARY_DB_URL',
      config.database.url === null,
      'is required in production: the embedded Postgres is for development',
    ],
    [
      'REDIS_URL',
      config.redis.url === null,
      'is required in production: the in-memory stand-in is for development',
    ],
    [
      'ALLOWED_HOSTS',
      config.http.allowedHosts.length === 0,
      'is required in production: a comma list of host names, or * for any',
    ],
  ];
  if (config.jwt.algorithm !== 'HS256') {
    const why = 'is required in production: a generated key is for development';
    missing.push(['JWT_PRIVATE_KEY_PATH', config.jwt.privateKey === null, `(or JWT_PRIVATE_KEY) ${why}`]);
    missing.push(['JWT_PUBLIC_KEY_PATH', config.jwt.publicKey === null, `(or JWT_PUBLIC_KEY) ${why}`]);
  }
  for (const [name, isMissing, what] of missing) if (isMissing) read.fault(name, what);
  if (!config.limits.enabled) read.fault('RATE_LIMIT', 'must not be off in production');
  if (config.limits.scale !== 1) read.fault('RATE_LIMIT_SCALE', 'must be 1 in production');
  if (config.http.corsOrigins.includes('*'))
    read.fault('CORS_ALLOWED_ORIGINS', 'must name its origins in production, not *');
  // OWASP's weakest argon2id profile is 7 MiB with 5 passes.
  if (config.hashing.memoryKib < 7168) read.fault('ARGON2_MEMORY_KIB', 'must be at least 7168 in production');
}

function checkConsistency(read: Reader, config: Config, machine: Machine): void {
  const { hashing, sessions } = config;
  if (config.jwt.algorithm === 'HS256' && config.jwt.secret === null) {
    read.fault('JWT_SECRET_KEY', 'is required when JWT_ALGORITHM is HS256');
  }
  if (config.jwt.publicKey !== null && config.jwt.privateKey === null) {
    read.fault('JWT_PRIVATE_KEY_PATH', '(or JWT_PRIVATE_KEY) is missing beside the public key');
  }
  if (sessions.accessTokenTtl > sessions.refreshTokenTtl) {
    read.fault('ACCESS_TOKEN_TTL', 'must not be longer than REFRESH_TOKEN_TTL');
  }
  if (sessions.refreshTokenTtl > sessions.maxAge) {
    read.fault('REFRESH_TOKEN_TTL', 'must not be longer than SESSION_MAX_AGE');
  }
  if (hashing.memoryKib < 8 * hashing.parallelism) {
    read.fault('ARGON2_MEMORY_KIB', 'must be at least 8 for each lane of ARGON2_PARALLELISM');
  }
  // What is left of half the memory is for Node itself; beyond that a login flood would end in an OOM kill.
  if (hashing.memoryKib * 1024 * hashing.concurrency > machine.memoryBytes / 2) {
    read.fault('HASH_CONCURRENCY', 'times ARGON2_MEMORY_KIB must fit into half of the memory limit');
  }
}

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError naming every fault at once, never a value
 */
export function parseConfig(env: Environment, machine: Machine = readMachine()): Config {
  const read = createReader<Variable>(env);
  const environment = read.oneOf('ENV', ['development', 'test', 'production'], 'development');
  const production = environment === 'production';
  const caFile = read.text('DB_CA_FILE');
  const config: Config = {
    environment,
    dataDir: read.text('DATA_DIR') ?? '.data',
    http: {
      host: read.text('HOST') ?? '0.0.0.0',
      port: read.integer('PORT', 8000, 0, 65_535),
      metricsPort: read.integer('METRICS_PORT', 9464, 0, 65_535),
      keepAliveTimeout: read.duration('KEEP_ALIVE_TIMEOUT', '75s'),
      allowedHosts: read.list('ALLOWED_HOSTS').map((host) => host.toLowerCase()),
      corsOrigins: read.origins('CORS_ALLOWED_ORIGINS'),
      trustedProxies: read.cidrs('TRUSTED_PROXIES'),
    },
    database: {
      url: databaseUrl(read, 'DB_PRIMARY_DB_URL'),
      replicaUrl: databaseUrl(read, 'DB_REPLICA_DB_URL'),
      caFile,
      sslMode: caFile ? 'verify-full' : production ? 'require' : 'disable',
      poolMax: read.integer('DB_POOL_MAX', 10, 1, 1_000),
      prepare: read.onOff('DB_PREPARE', true),
      timeout: read.duration('DB_TIMEOUT', '3s'),
    },
    redis: { url: redisUrl(read, production) },
    jwt: readJwt(read),
    sessions: {
      accessTokenTtl: read.duration('ACCESS_TOKEN_TTL', '15m'),
      refreshTokenTtl: read.duration('REFRESH_TOKEN_TTL', '30d'),
      maxAge: read.duration('SESSION_MAX_AGE', '90d'),
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
      drainDelay: read.duration('DRAIN_DELAY', '0s'),
      timeout: read.duration('SHUTDOWN_TIMEOUT', '25s'),
    },
    logLevel: read.oneOf('LOG_LEVEL', logLevels, environment === 'development' ? 'debug' : 'info'),
  };
  checkConsistency(read, config, machine);
  if (production) checkProduction(read, config);
  if (read.faults.length > 0) throw new ConfigError([...new Set(read.faults)]);
  return Object.freeze(config);
}
