import type { requiredInProduction, SecretVariable, Variable } from '../../app/config/config.ts';
import { createCloud } from '../clouds/create-cloud.ts';
import { names, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Keys of the Secrets, those of the deployment guide and those of further options, and the variable of each key. */
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
} as const satisfies Record<string, Variable>;

export type SecretKey = keyof typeof secretVariables;

/** `from` is the path of the value that the text comes from. */
type Text = { readonly text: string; readonly from?: string | undefined };

/** Where a variable comes from. `keyFile` is a path into the mounted Secret. */
export type Source = Text | { readonly secret: SecretKey } | { readonly keyFile: SecretKey };

export const paths = {
  secrets: '/etc/auth/secrets',
  ownerSecrets: '/etc/auth/owner-secrets',
  publicKeys: '/etc/auth/public-keys',
  databaseCa: '/etc/auth/database-ca',
  redisCa: '/etc/auth/redis-ca',
} as const;

type Plain = Exclude<Variable, SecretVariable>;

/**
 * The variables of a container. The compiler demands each variable that production always requires, and refuses a
 * secret as text. The gate parses the finished environment as the service does.
 */
export type Settings = Readonly<Record<(typeof requiredInProduction)[number], Source>> &
  Readonly<Partial<Record<Plain, Text | { readonly keyFile: SecretKey }>>> &
  Readonly<Partial<Record<SecretVariable, { readonly secret: SecretKey }>>>;

const text = (value: string | number, from?: string): Text => ({ text: String(value), from });

/** YAML may read on and off as booleans. */
function onOff(value: string | boolean): string {
  if (typeof value === 'string') return value;
  return value ? 'on' : 'off';
}

function jwtKeys({ jwt }: Values): Partial<Settings> {
  if (jwt.algorithm === 'HS256') return { JWT_SECRET_KEY: { secret: 'jwt-secret' } };
  return {
    JWT_PRIVATE_KEY_PATH: { keyFile: 'jwt-private-key' },
    JWT_PUBLIC_KEY_PATH: { keyFile: 'jwt-public-key' },
  };
}

function redisSecrets({ redis }: Values): Partial<Settings> {
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

/** The public hosts, and every name under which pods of the cluster reach the Service. */
function hosts({ allowedHosts, ingress, namespace }: Values): string {
  const service = `${names.app}.${namespace.name}`;
  const inCluster = [names.app, service, `${service}.svc`, `${service}.svc.cluster.local`];
  return [...new Set([ingress.host, ...allowedHosts, ...inCluster])].join(',');
}

function extra({ extraConfig }: Values): Partial<Record<Plain, Text>> {
  const given = Object.entries(extraConfig);
  return Object.fromEntries(given.map(([name, value]) => [name, text(value ?? '', `extraConfig.${name}`)]));
}

/** The environment of every container of the service, independent of how secrets are delivered. */
export function settings(values: Values): Settings {
  const { database, jwt, redis, rollout } = values;
  const proxies = [...createCloud(values).loadBalancer.proxies, ...values.trustedProxies];
  return {
    ...extra(values),
    ENV: text('production'),
    PORT: text(ports.http),
    METRICS_PORT: text(ports.metrics),
    LOG_LEVEL: text(values.logLevel, 'logLevel'),
    DB_PRIMARY_DB_URL: { secret: 'db-url' },
    ...(database.replica && { DB_REPLICA_DB_URL: { secret: 'db-replica-url' } }),
    ...(database.ca && { DB_CA_FILE: text(`${paths.databaseCa}/ca.pem`, 'database.ca') }),
    DB_POOL_MAX: text(database.poolMax, 'database.poolMax'),
    DB_PREPARE: text(onOff(database.prepare), 'database.prepare'),
    REDIS_URL: { secret: 'redis-url' },
    ...(!redis.tls && { REDIS_TLS: text('off') }),
    ...(redis.ca && { REDIS_CA_FILE: text(`${paths.redisCa}/ca.pem`, 'redis.ca') }),
    ...redisSecrets(values),
    JWT_ALGORITHM: text(jwt.algorithm, 'jwt.algorithm'),
    JWT_ISSUER: text(jwt.issuer, 'jwt.issuer'),
    JWT_AUDIENCE: text(jwt.audience, 'jwt.audience'),
    ...jwtKeys(values),
    ...(jwt.previousSecret && { JWT_SECRET_KEY_PREVIOUS: { secret: 'jwt-secret-previous' } }),
    // Always set, even if the folder is empty: an upcoming key must not need new pods.
    JWT_PUBLIC_KEYS_DIR: text(paths.publicKeys),
    ALLOWED_HOSTS: text(hosts(values), 'allowedHosts'),
    // Without it the service would take the load balancer for the client, and all clients would share one rate limit.
    TRUSTED_PROXIES: text(proxies.join(','), 'trustedProxies'),
    ...(values.corsOrigins.length > 0 && {
      CORS_ALLOWED_ORIGINS: text(JSON.stringify(values.corsOrigins), 'corsOrigins'),
    }),
    DRAIN_DELAY: text(rollout.drainDelay, 'rollout.drainDelay'),
    SHUTDOWN_TIMEOUT: text(rollout.shutdownTimeout, 'rollout.shutdownTimeout'),
    KEEP_ALIVE_TIMEOUT: text(rollout.keepAliveTimeout, 'rollout.keepAliveTimeout'),
  };
}

/** The environment of the migration, which connects as the owner of the tables if there is a Secret for it. */
export function migrationSettings(values: Values): Settings {
  const owner = { DB_MIGRATION_URL: { secret: 'db-owner-url' } } as const;
  return { ...settings(values), ...(values.secrets.ownerName && owner) };
}

/** The keys of the Secret that only the migration sees. */
export const ownerKeys = ({ secrets }: Values): SecretKey[] => (secrets.ownerName ? ['db-owner-url'] : []);

/** The name of the Secret that contains the key, and the folder at which it is mounted. */
export function secretOf({ secrets }: Values, key: SecretKey) {
  return key === 'db-owner-url'
    ? { name: secrets.ownerName, folder: paths.ownerSecrets }
    : { name: secrets.name, folder: paths.secrets };
}

/** The keys that the Secret needs for these values: the files of key pairs and, unless excluded, the other secrets. */
export function secretKeys(values: Values, includesOthers = true): SecretKey[] {
  return Object.values(settings(values)).flatMap((source) => {
    if ('keyFile' in source) return [source.keyFile];
    return 'secret' in source && includesOthers ? [source.secret] : [];
  });
}

/** Whether a setting is a path in the container. Paths stand in the `env` list, all other texts in the ConfigMap. */
export function isPath(source: Source): boolean {
  return 'text' in source && source.text.startsWith('/');
}

/**
 * The key of a variable in the ConfigMap. Scanners (C-0012, Polaris sensitiveConfigmapContent) take each key with JWT
 * or TOKEN in its name for a secret, so the key of ACCESS_TOKEN_TTL is ACCESS_TTL. The variable keeps its name.
 */
export function configKey(variable: string): string {
  return variable.replace(/^JWT_/, '').replace('TOKEN_', '');
}

/** The data of the ConfigMap: every setting that is neither a secret nor a path. */
export function plainSettings(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings(values)).flatMap(([name, source]) =>
      'text' in source && !isPath(source) ? [[configKey(name), source.text]] : [],
    ),
  );
}
