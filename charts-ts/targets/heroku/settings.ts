import { entries, isSecret, type Variable } from '../../../app/config/config.ts';
import type { Platform } from '../../workload/platform.ts';
import { secretVariables, serviceSettings } from '../../workload/settings.ts';
import type { HerokuValues } from './values.ts';

/** The secrets that add-ons set: DATABASE_URL and REDIS_URL. Nobody else may set them, because a rotation changes them. */
const fromAddons: ReadonlySet<string> = new Set(['db-url', 'redis-url']);

/** The token of GET /metrics, which Heroku generates. */
export const generated = 'METRICS_TOKEN' satisfies Variable;

const platform: Platform = {
  internalHosts: [],
  // The router of Heroku appends the address of its peer to X-Forwarded-For.
  proxies: ['heroku'],
  // Heroku sets PORT for each dyno. A dyno has one port, so that /metrics is on it, behind METRICS_TOKEN.
  ports: { http: null, metrics: 'off' },
  keys: 'texts',
  files: {},
  hasOwnerSecret: false,
};

/** The config vars of the app: texts by name, and the names of the secrets that the operator sets. */
export function configVars(values: HerokuValues): {
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
} {
  const texts: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, source] of Object.entries(serviceSettings(values, platform))) {
    if ('text' in source) texts[name] = source.text;
    else if ('secret' in source && !fromAddons.has(source.secret))
      secrets.push(secretVariables[source.secret]);
  }
  return { texts, secrets };
}

const helpOf = new Map<string, string>(entries.map(({ help, name }) => [name, help]));
const secretNames = new Set<string>(entries.filter(isSecret).map(({ name }) => name));

/** The meaning of a variable, as docs/configuration.md has it. */
export const describe = (name: string): string => helpOf.get(name) ?? name;

export const isSecretName = (name: string): boolean => secretNames.has(name);
