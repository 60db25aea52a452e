import {
  type requiredForKeyPair,
  type requiredForSecret,
  type requiredInProduction,
  type SecretVariable,
  type Variable,
  variables,
} from '../../app/config/config.ts';
import { createCloud } from '../clouds/create-cloud.ts';
import { names, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Keys of the Secret: the guide's, and those of the options that the guide does not have. */
export type SecretKey =
  | 'db-url'
  | 'db-replica-url'
  | 'redis-url'
  | 'jwt-secret'
  | 'jwt-secret-previous'
  | 'jwt-private-key'
  | 'jwt-public-key';

/** Where the value of a variable comes from. `keyFile` is a path into the mounted Secret. */
export type Source =
  | { readonly text: string }
  | { readonly secret: SecretKey }
  | { readonly keyFile: SecretKey };

export const paths = {
  secrets: '/etc/auth/secrets',
  publicKeys: '/etc/auth/public-keys',
  databaseCa: '/etc/auth/database-ca',
} as const;

type KeyPair = Readonly<Record<(typeof requiredForKeyPair)[number], { readonly keyFile: SecretKey }>>;
type SharedSecret = Readonly<Record<(typeof requiredForSecret)[number], { readonly secret: SecretKey }>>;
type Plain = Exclude<Variable, SecretVariable>;

/**
 * What a container gets. A variable that app/config/config.ts requires in production and that is missing here does not
 * compile; a secret variable cannot be given as text.
 */
export type Settings = Readonly<Record<(typeof requiredInProduction)[number], Source>> &
  Readonly<Partial<Record<Plain, { readonly text: string } | { readonly keyFile: SecretKey }>>> &
  Readonly<Partial<Record<SecretVariable, { readonly secret: SecretKey }>>>;

const text = (value: string | number) => ({ text: String(value) }) as const;

/** Every name under which pods of the cluster reach the Service. */
export function serviceHosts({ namespace }: Values): string[] {
  const host = `${names.app}.${namespace.name}`;
  return [names.app, host, `${host}.svc`, `${host}.svc.cluster.local`];
}

function jwtKeys({ jwt }: Values): KeyPair | SharedSecret {
  if (jwt.algorithm === 'HS256') return { JWT_SECRET_KEY: { secret: 'jwt-secret' } };
  return {
    JWT_PRIVATE_KEY_PATH: { keyFile: 'jwt-private-key' },
    JWT_PUBLIC_KEY_PATH: { keyFile: 'jwt-public-key' },
  };
}

function hosts(values: Values): string {
  const all = [values.ingress.host, ...values.allowedHosts, ...serviceHosts(values)];
  return [...new Set(all)].join(',');
}

function extra(values: Values): Partial<Record<Plain, { readonly text: string }>> {
  const entries = Object.entries(values.extraConfig).filter(([name]) => name in variables);
  return Object.fromEntries(entries.map(([name, value]) => [name, text(value ?? '')]));
}

/** The environment of every container of the service, before it is known how secrets are delivered. */
export function settings(values: Values): Settings {
  const { database, jwt, redis, rollout } = values;
  return {
    ...extra(values),
    ENV: text('production'),
    PORT: text(ports.http),
    METRICS_PORT: text(ports.metrics),
    LOG_LEVEL: text(values.logLevel),
    DB_PRIMARY_DB_URL: { secret: 'db-url' },
    ...(database.replica && { DB_REPLICA_DB_URL: { secret: 'db-replica-url' } }),
    ...(database.ca && { DB_CA_FILE: text(`${paths.databaseCa}/ca.pem`) }),
    DB_POOL_MAX: text(database.poolMax),
    DB_PREPARE: text(database.prepare ? 'on' : 'off'),
    REDIS_URL: { secret: 'redis-url' },
    ...(!redis.tls && { REDIS_TLS: text('off') }),
    JWT_ALGORITHM: text(jwt.algorithm),
    JWT_ISSUER: text(jwt.issuer),
    JWT_AUDIENCE: text(jwt.audience),
    ...jwtKeys(values),
    ...(jwt.previousSecret && { JWT_SECRET_KEY_PREVIOUS: { secret: 'jwt-secret-previous' } }),
    // Always there, even when empty: adding an upcoming key must not need a new pod.
    JWT_PUBLIC_KEYS_DIR: text(paths.publicKeys),
    ALLOWED_HOSTS: text(hosts(values)),
    // Without it every client would look like the load balancer, and all would share one rate limit.
    TRUSTED_PROXIES: text([...createCloud(values).loadBalancer.proxies, ...values.trustedProxies].join(',')),
    ...(values.corsOrigins.length > 0 && { CORS_ALLOWED_ORIGINS: text(JSON.stringify(values.corsOrigins)) }),
    DRAIN_DELAY: text(rollout.drainDelay),
    SHUTDOWN_TIMEOUT: text(rollout.shutdownTimeout),
    KEEP_ALIVE_TIMEOUT: text(rollout.keepAliveTimeout),
  };
}

/** Keys that the Secret must have for these values. */
export function secretKeys(values: Values): SecretKey[] {
  return Object.values(settings(values)).flatMap((source) =>
    'secret' in source ? [source.secret] : 'keyFile' in source ? [source.keyFile] : [],
  );
}

/** Where a setting that is not secret is kept: in the ConfigMap, or beside the variable if it is only a path. */
export function isPath(source: Source): boolean {
  return 'text' in source && source.text.startsWith('/');
}

/**
 * The key of a variable in the ConfigMap. Scanners (C-0012, Polaris sensitiveConfigmapContent) take any key that
 * speaks of JWT or tokens for a secret, so ACCESS_TOKEN_TTL is kept as ACCESS_TTL; the variable keeps its name.
 */
export function configKey(variable: string): string {
  return variable.replace(/^JWT_/, '').replace('TOKEN_', '');
}

/** What the ConfigMap holds: every setting that is not a secret or a path. */
export function plainSettings(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings(values)).flatMap(([name, source]) =>
      'text' in source && !isPath(source) ? [[configKey(name), source.text]] : [],
    ),
  );
}
