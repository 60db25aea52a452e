import type { Machine } from './cgroup.ts';
import type { Reader } from './reader.ts';
import type { Config } from './shape.ts';
import type { Variable } from './variables.ts';

/** OWASP's argon2id profiles (Password Storage Cheat Sheet): KiB of memory and passes, of equal strength. */
const owaspProfiles = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9_216, 4],
  [7_168, 5],
] as const;

function isStrongEnough({ memoryKib, time }: Config['hashing']): boolean {
  return owaspProfiles.some(([memory, passes]) => memoryKib >= memory && time >= passes);
}

/** What only a production process is refused for. */
export function checkProduction(read: Reader<Variable>, config: Config): void {
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
  if (!isStrongEnough(config.hashing)) {
    const profiles = owaspProfiles.map((profile) => profile.join(' with ')).join(', ');
    read.fault(
      'ARGON2_MEMORY_KIB',
      `and ARGON2_TIME must be at least one of these in production: ${profiles}`,
    );
  }
}

/** Faults that two variables, or a variable and the machine, make together. */
export function checkConsistency(read: Reader<Variable>, config: Config, machine: Machine): void {
  const { database, hashing, http, sessions } = config;
  if (database.replicaUrl !== null && database.url === null) {
    read.fault('DB_PRIMARY_DB_URL', 'is missing beside DB_REPLICA_DB_URL');
  }
  // Port 0 is any free one, so two of those differ.
  if (http.port !== 0 && http.port === http.metricsPort) read.fault('METRICS_PORT', 'must not equal PORT');
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
