import type { Machine } from './cgroup.ts';
import type { Config, Variable } from './entries.ts';
import { resolveProxies } from './proxies.ts';
import { isEncryptedRedis } from './secret-formats.ts';

type Fault = (name: Variable, what: string) => void;

const listsOfProxies = new Set(['x-forwarded-for', 'forwarded']);

/** Where every address is a proxy, the list ends with what the client wrote, and the client chooses its address. */
const trustsEverybody = ({ trustedProxies, clientIpHeader }: Config['http']): boolean =>
  listsOfProxies.has(clientIpHeader) && trustedProxies.some((block) => block.endsWith('/0'));

/** What a production process needs for a key pair, and any process for HS256. */
export const requiredForKeyPair = ['JWT_PRIVATE_KEY_PATH', 'JWT_PUBLIC_KEY_PATH'] as const;
export const requiredForSecret = ['JWT_SECRET_KEY'] as const;

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

/** The keys that a process needs to sign tokens. */
export function checkKeys(fault: Fault, { environment, jwt }: Config): void {
  const { algorithm, privateKey, publicKey, secret } = jwt;
  if (algorithm === 'HS256' && !secret) fault('JWT_SECRET_KEY', 'is required when JWT_ALGORITHM is HS256');
  const isMissing = environment === 'production' && algorithm !== 'HS256';
  const why = 'is required in production: a generated key is for development';
  if (isMissing && !privateKey) fault('JWT_PRIVATE_KEY_PATH', `(or JWT_PRIVATE_KEY) ${why}`);
  if (isMissing && !publicKey) fault('JWT_PUBLIC_KEY_PATH', `(or JWT_PUBLIC_KEY) ${why}`);
  if (publicKey && !privateKey) {
    fault('JWT_PRIVATE_KEY_PATH', '(or JWT_PRIVATE_KEY) is missing beside the public key');
  }
}

/** Node itself needs the other half. Without this rule a login flood would end in an OOM kill. */
export function checkMemory(fault: Fault, { hashing }: Config, machine: Machine): void {
  if (hashing.memoryKib * 1024 * hashing.concurrency > machine.memoryBytes / 2) {
    fault('HASH_CONCURRENCY', 'times ARGON2_MEMORY_KIB must fit into half of the memory limit');
  }
}

/** Faults that two variables make together, in production only. */
export function checkProduction(fault: Fault, { hashing, http }: Config): void {
  if (trustsEverybody(http)) {
    fault('TRUSTED_PROXIES', 'must not contain every address: clients could choose their address');
  }
  if (!isStrongEnough(hashing)) {
    const profiles = owaspProfiles.map((profile) => profile.join(' with ')).join(', ');
    fault('ARGON2_MEMORY_KIB', `and ARGON2_TIME must be at least one of these in production: ${profiles}`);
  }
}

/** The CAs of a server come from one place, and something verifies with them. */
function checkAuthorities(fault: Fault, { database, redis }: Config): void {
  const databaseCa = database.ca ? 'DB_CA' : 'DB_CA_FILE';
  const redisCa = redis.ca ? 'REDIS_CA' : 'REDIS_CA_FILE';
  if (database.ca && database.caFile)
    fault('DB_CA', 'is given more than once: set one of DB_CA and DB_CA_FILE');
  if (redis.ca && redis.caFile)
    fault('REDIS_CA', 'is given more than once: set one of REDIS_CA and REDIS_CA_FILE');
  if (database.tls === 'unverified' && (database.ca || database.caFile)) {
    fault('DB_TLS', `must not be unverified beside ${databaseCa}`);
  }
  if (redis.tls === 'unverified' && (redis.ca || redis.caFile)) {
    fault('REDIS_TLS', `must not be unverified beside ${redisCa}`);
  }
  // The charts parse before the secret is known.
  const redisUrl = redis.url?.();
  if ((redis.ca || redis.caFile) && redisUrl && !isEncryptedRedis(redisUrl)) {
    fault(redisCa, 'verifies nothing while REDIS_URL is redis://: use rediss://');
  }
}

/** Faults that two variables make together. */
export function checkConsistency(fault: Fault, config: Config): void {
  const { database, hashing, http, redis, sessions, tracing } = config;
  if (database.replicaUrl && !database.url) fault('DB_PRIMARY_DB_URL', 'is missing beside DB_REPLICA_DB_URL');
  checkAuthorities(fault, config);
  // The charts parse before the secret is known.
  const redisUrl = redis.url?.();
  if ((redis.cert === null) !== (redis.key === null)) {
    fault(redis.cert ? 'REDIS_KEY' : 'REDIS_CERT', 'is missing: a client certificate needs its private key');
  }
  if (redis.cert && redisUrl && !isEncryptedRedis(redisUrl)) {
    fault('REDIS_CERT', 'is never sent while REDIS_URL is redis://: use rediss://');
  }
  if (http.clientIpHeader !== 'x-forwarded-for' && http.trustedProxies.length === 0) {
    fault('CLIENT_IP_HEADER', 'is never read without TRUSTED_PROXIES');
  }
  if (http.clientIpHeader !== 'x-forwarded-for' && resolveProxies(http.trustedProxies).platform) {
    fault('CLIENT_IP_HEADER', 'must be X-Forwarded-For, to which the platform in TRUSTED_PROXIES appends');
  }
  // Port 0 is any free one, so two of those differ.
  if (http.port !== 0 && http.port === http.metricsPort) fault('METRICS_PORT', 'must not equal PORT');
  if (sessions.accessTokenTtl > sessions.refreshTokenTtl) {
    fault('ACCESS_TOKEN_TTL', 'must not be longer than REFRESH_TOKEN_TTL');
  }
  if (sessions.refreshTokenTtl > sessions.maxAge) {
    fault('REFRESH_TOKEN_TTL', 'must not be longer than SESSION_MAX_AGE');
  }
  if (tracing.trustCaller && http.trustedProxies.length === 0) {
    fault('TRUST_TRACEPARENT', 'trusts nobody without TRUSTED_PROXIES');
  }
  if (tracing.batchSize > tracing.queueSize) {
    fault('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'must not be above OTEL_BSP_MAX_QUEUE_SIZE');
  }
  if ((tracing.certFile === undefined) !== (tracing.keyFile === undefined)) {
    const missing = tracing.certFile
      ? 'OTEL_EXPORTER_OTLP_CLIENT_KEY'
      : 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE';
    fault(missing, 'is missing: a client certificate needs its private key');
  }
  if (hashing.memoryKib < 8 * hashing.parallelism) {
    fault('ARGON2_MEMORY_KIB', 'must be at least 8 for each lane of ARGON2_PARALLELISM');
  }
}
