import { type CommandName, commandNames } from '../../app/config/config.ts';
import { createCloud } from '../clouds/create-cloud.ts';
import { hostsOf } from '../clouds/hosts.ts';
import { namesOf, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { Platform } from '../workload/platform.ts';
import {
  type CommandSettings,
  commandSettings,
  type SecretKey,
  type Source,
  secretsOf,
} from '../workload/settings.ts';

export const paths = {
  secrets: '/etc/auth/secrets',
  ownerSecrets: '/etc/auth/owner-secrets',
  publicKeys: '/etc/auth/public-keys',
  databaseCa: '/etc/auth/database-ca',
  redisCa: '/etc/auth/redis-ca',
  administrator: '/etc/auth/administrator',
  backup: { keys: '/etc/auth/backup', restoreKeys: '/etc/auth/restore', claim: '/var/backups/auth' },
} as const;

/** Every name under which pods of the cluster reach the Service. */
function internalHosts(values: Values): string[] {
  const { app } = namesOf(values);
  const service = `${app}.${values.namespace.name}`;
  return [app, service, `${service}.svc`, `${service}.svc.${values.service.clusterDomain}`];
}

function platform(values: Values): Platform {
  const [host, ...furtherHosts] = hostsOf(values).map((one) => one.host);
  return {
    ...(host && { host }),
    internalHosts: [...furtherHosts, ...internalHosts(values)],
    proxies: createCloud(values).loadBalancer.proxies,
    ports,
    keys: 'files',
    files: {
      databaseCa: `${paths.databaseCa}/ca.pem`,
      redisCa: `${paths.redisCa}/ca.pem`,
      publicKeys: paths.publicKeys,
    },
    hasOwnerSecret: values.secrets.ownerName !== undefined,
  };
}

/** The environment of a command, independent of how secrets are delivered. */
export const settings = (values: Values, command: CommandName = 'serve'): CommandSettings =>
  commandSettings(command, values, platform(values));

/** The keys of the Secret that only the migration sees. */
export const ownerKeys = ({ secrets }: Values): SecretKey[] => (secrets.ownerName ? ['db-owner-url'] : []);

/** The name of the Secret that contains the key, and the folder at which it is mounted. */
export function secretOf({ secrets }: Values, key: SecretKey) {
  return key === 'db-owner-url'
    ? { name: secrets.ownerName, folder: paths.ownerSecrets }
    : { name: secrets.name, folder: paths.secrets };
}

/** The keys that the Secret of the service needs for these values. */
export const secretKeys = (values: Values): SecretKey[] => secretsOf(settings(values));

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

/** The data of the ConfigMap: every setting of any command that is neither a secret nor a path. */
export function plainSettings(values: Values): Record<string, string> {
  const all = commandNames.flatMap((command) => Object.entries(settings(values, command)));
  return Object.fromEntries(
    all.flatMap(([name, source]) =>
      'text' in source && !isPath(source) ? [[configKey(name), source.text]] : [],
    ),
  );
}
