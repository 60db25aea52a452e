import { names, ports } from '../../names.ts';
import type { Platform } from '../../workload/platform.ts';
import { type SecretKey, type Source, serviceSettings } from '../../workload/settings.ts';
import type { ComposeValues } from './values.ts';

/** Names and credentials of the deployment guide, for a database that only this machine reaches. */
export const database = {
  host: 'auth-db',
  name: 'authdb',
  user: 'devuser',
  password: 'devpassword',
} as const;
export const redis = { host: 'auth-redis' } as const;
export const gateway = 'kong';

/** Where the image has the source, and what the service writes: the key pair that it makes. */
export const folder = '/srv/auth';
export const dataFolder = `${folder}/.data`;

const secretTexts: Readonly<Partial<Record<SecretKey, string>>> = {
  'db-url': `postgresql://${database.user}:${database.password}@${database.host}:5432/${database.name}?sslmode=disable`,
  'redis-url': `redis://${redis.host}:6379`,
};

/**
 * What makes the stack fit together. Everything else can be set in .env or in the shell; it has the value of the target
 * otherwise.
 */
const fixed = new Set([
  'ENV',
  'PORT',
  'METRICS_PORT',
  'DATA_DIR',
  'DB_PRIMARY_DB_URL',
  'REDIS_URL',
  'REDIS_TLS',
]);

/** What Compose gives the container of the service. */
const platform: Platform = {
  environment: 'development',
  // A page of another site cannot pretend to be this service by a name that it points to this machine.
  internalHosts: ['localhost', '127.0.0.1', names.app, gateway],
  // Docker chooses the network of the containers among the private ones. Kong is the only proxy in it.
  proxies: ['private'],
  ports,
  keys: 'generated',
  files: {},
  hasOwnerSecret: false,
};

function textOf(name: string, source: Source): string {
  const text = 'text' in source ? source.text : 'secret' in source ? secretTexts[source.secret] : undefined;
  if (text === undefined) throw new Error(`${name}: Compose has no text for it`);
  return text;
}

/** Compose reads two dollar signs as one. */
const escaped = (text: string): string => text.replaceAll('$', '$$$$');

/** The environment of the service as Compose interpolates it: `${LOG_LEVEL:-debug}`. */
export function environmentOf(values: ComposeValues): Record<string, string> {
  const settings = Object.entries(serviceSettings(values, platform));
  return Object.fromEntries(
    settings.map(([name, source]) => {
      const text = escaped(textOf(name, source));
      return [name, fixed.has(name) ? text : `\${${name}:-${text}}`];
    }),
  );
}

/** The text that a variable has where neither .env nor the shell sets another. */
export const defaultText = (text: string): string =>
  text.replace(/^\$\{\w+:-(.*)\}$/s, '$1').replaceAll('$$', '$');
