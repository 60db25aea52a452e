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
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'base URL of an OpenTelemetry collector (OTLP over HTTP); tracing is off without',
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
