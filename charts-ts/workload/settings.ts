import {
  type CommandName,
  type requiredInProduction,
  type SecretVariable,
  type Variable,
  variablesOf,
} from '../../app/config/config.ts';
import type { SecretName } from '../values/schema-secrets.ts';
import { variableText, type WorkloadValues } from '../values/schema-workload.ts';
import type { Platform } from './platform.ts';

/** Names of the secrets, those of the deployment guide and those of further options, and the variable of each. */
export const secretVariables = {
  'db-url': 'DB_PRIMARY_DB_URL',
  'db-replica-url': 'DB_REPLICA_DB_URL',
  'db-owner-url': 'DB_MIGRATION_URL',
  'redis-url': 'REDIS_URL',
  'redis-cert': 'REDIS_CERT',
  'redis-key': 'REDIS_KEY',
  'redis-sentinel-password': 'REDIS_SENTINEL_PASSWORD',
  'jwt-secret': 'JWT_SECRET_KEY',
  'jwt-secret-previous': 'JWT_SECRET_KEY_PREVIOUS',
  'jwt-private-key': 'JWT_PRIVATE_KEY',
  'jwt-public-key': 'JWT_PUBLIC_KEY',
} as const satisfies Record<SecretName, Variable>;

export type SecretKey = keyof typeof secretVariables;

/** `from` is the path of the value that the text comes from. */
type Text = { readonly text: string; readonly from?: string | undefined };

/** Where a variable comes from: a text, a secret, or the path of the file that holds a secret. */
export type Source = Text | { readonly secret: SecretKey } | { readonly keyFile: SecretKey };

type Plain = Exclude<Variable, SecretVariable>;

/**
 * The variables of a container. The compiler demands each variable that production always requires, and refuses a
 * secret as text. The checks of each target parse the finished environment as the service does.
 */
export type Settings = Readonly<Record<(typeof requiredInProduction)[number], Source>> &
  Readonly<Partial<Record<Plain, Text | { readonly keyFile: SecretKey }>>> &
  Readonly<Partial<Record<SecretVariable, { readonly secret: SecretKey }>>>;

const text = (value: string | number, from?: string): Text => ({ text: String(value), from });

function jwtKeys({ jwt }: WorkloadValues, { keys }: Platform): Partial<Settings> {
  if (keys === 'generated') return {};
  if (jwt.algorithm === 'HS256') return { JWT_SECRET_KEY: { secret: 'jwt-secret' } };
  if (keys === 'texts') {
    return { JWT_PRIVATE_KEY: { secret: 'jwt-private-key' }, JWT_PUBLIC_KEY: { secret: 'jwt-public-key' } };
  }
  return {
    JWT_PRIVATE_KEY_PATH: { keyFile: 'jwt-private-key' },
    JWT_PUBLIC_KEY_PATH: { keyFile: 'jwt-public-key' },
  };
}

function redisSecrets({ redis }: WorkloadValues): Partial<Settings> {
  return {
    ...(redis.clientCertificate && {
      REDIS_CERT: { secret: 'redis-cert' } as const,
      REDIS_KEY: { secret: 'redis-key' } as const,
    }),
    ...(redis.sentinelPassword && {
      REDIS_SENTINEL_PASSWORD: { secret: 'redis-sentinel-password' } as const,
    }),
  };
}

/** The CAs of the stores, as the files that the platform mounts, or as texts. */
function certificates({ database, redis }: WorkloadValues, { files }: Platform): Partial<Settings> {
  const databaseCa = files.databaseCa
    ? { DB_CA_FILE: text(files.databaseCa, 'database.ca') }
    : { DB_CA: text(database.ca ?? '', 'database.ca') };
  const redisCa = files.redisCa
    ? { REDIS_CA_FILE: text(files.redisCa, 'redis.ca') }
    : { REDIS_CA: text(redis.ca ?? '', 'redis.ca') };
  return { ...(database.ca && databaseCa), ...(redis.ca && redisCa) };
}

function extra({ extraConfig }: WorkloadValues): Partial<Record<Plain, Text>> {
  // The service takes an empty variable for one that is not set.
  const given = Object.entries(extraConfig).flatMap(([name, value = '']) => {
    const content = variableText(value);
    return content === '' ? [] : [[name, text(content, `extraConfig.${name}`)]];
  });
  return Object.fromEntries(given);
}

function hosts({ allowedHosts }: WorkloadValues, { host, internalHosts }: Platform): string[] {
  return [...new Set([...(host ? [host] : []), ...allowedHosts, ...internalHosts])];
}

/** The environment of the service on a platform, independent of how the platform delivers secrets. */
export function serviceSettings(values: WorkloadValues, platform: Platform): Settings {
  const { database, jwt, redis, rollout } = values;
  return {
    ...extra(values),
    ENV: text(platform.environment ?? 'production'),
    ...(platform.ports.http !== null && { PORT: text(platform.ports.http) }),
    METRICS_PORT: text(platform.ports.metrics),
    ...(platform.ports.keeper && { KEEPER_PORT: text(platform.ports.keeper) }),
    LOG_LEVEL: text(values.logLevel, 'logLevel'),
    LOG_FORMAT: text(values.logFormat, 'logFormat'),
    DB_PRIMARY_DB_URL: { secret: 'db-url' },
    ...(database.replica && { DB_REPLICA_DB_URL: { secret: 'db-replica-url' } }),
    DB_POOL_MAX: text(database.poolMax, 'database.poolMax'),
    DB_PREPARE: text(variableText(database.prepare), 'database.prepare'),
    READINESS_REQUIRES_POSTGRES: text(
      database.requiredForReadiness ? 'on' : 'off',
      'database.requiredForReadiness',
    ),
    REDIS_URL: { secret: 'redis-url' },
    ...(!redis.tls && { REDIS_TLS: text('off') }),
    ...certificates(values, platform),
    ...redisSecrets(values),
    JWT_ALGORITHM: text(jwt.algorithm, 'jwt.algorithm'),
    JWT_ISSUER: text(jwt.issuer, 'jwt.issuer'),
    JWT_AUDIENCE: text(jwt.audience, 'jwt.audience'),
    ...jwtKeys(values, platform),
    ...(jwt.previousSecret && { JWT_SECRET_KEY_PREVIOUS: { secret: 'jwt-secret-previous' } }),
    // Set even if the folder is empty: an upcoming key must not need new containers.
    ...(platform.files.publicKeys && { JWT_PUBLIC_KEYS_DIR: text(platform.files.publicKeys) }),
    ALLOWED_HOSTS: text(hosts(values, platform).join(','), 'allowedHosts'),
    // Without it the service would take the load balancer for the client, and all clients would share one rate limit.
    TRUSTED_PROXIES: text([...platform.proxies, ...values.trustedProxies].join(','), 'trustedProxies'),
    ...(values.corsOrigins.length > 0 && {
      CORS_ALLOWED_ORIGINS: text(JSON.stringify(values.corsOrigins), 'corsOrigins'),
    }),
    DRAIN_DELAY: text(rollout.drainDelay, 'rollout.drainDelay'),
    SHUTDOWN_TIMEOUT: text(rollout.shutdownTimeout, 'rollout.shutdownTimeout'),
    KEEP_ALIVE_TIMEOUT: text(rollout.keepAliveTimeout, 'rollout.keepAliveTimeout'),
  };
}

/** The variables of one command. */
export type CommandSettings = Partial<Settings>;

/**
 * The environment of a command on a platform: only the variables that the command reads. The migration connects as the
 * owner of the tables if there is a secret for it.
 */
export function commandSettings(
  command: CommandName,
  values: WorkloadValues,
  platform: Platform,
): CommandSettings {
  const owner = { DB_MIGRATION_URL: { secret: 'db-owner-url' } } as const;
  const settings = { ...serviceSettings(values, platform), ...(platform.hasOwnerSecret && owner) };
  const read = new Set<string>(variablesOf(command));
  return Object.fromEntries(Object.entries(settings).filter(([name]) => read.has(name)));
}

/** The secrets of some settings: those in files of a key pair and, unless excluded, the others. */
export function secretsOf(settings: CommandSettings, includesOthers = true): SecretKey[] {
  return Object.values(settings).flatMap((source) => {
    if ('keyFile' in source) return [source.keyFile];
    return 'secret' in source && includesOthers ? [source.secret] : [];
  });
}
