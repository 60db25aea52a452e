import { type CommandName, commandNames, variablesOf } from '../../app/config/config.ts';
import { createCloud } from '../clouds/create-cloud.ts';
import { hostsOf } from '../clouds/hosts.ts';
import { keeperPort, namesOf, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { FileSecretName } from '../values/schema-secrets.ts';
import type { Platform } from '../workload/platform.ts';
import {
  type CommandSettings,
  commandSettings,
  type SecretKey,
  type Source,
  secretsOf,
  serviceSettings,
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
    ports: { ...ports, ...(values.portKeeper.enabled && { keeper: keeperPort }) },
    keys: 'files',
    files: {
      databaseCa: `${paths.databaseCa}/ca.pem`,
      redisCa: `${paths.redisCa}/ca.pem`,
      publicKeys: paths.publicKeys,
    },
    hasOwnerSecret: values.secrets.ownerName !== undefined,
  };
}

/** Stands for a CA that a Secret contains. Of a mounted CA the settings name only the file. */
const mounted = '-----BEGIN CERTIFICATE-----';

/** The values of the workload: for it, a CA in a Secret is a CA like the one in the values. */
function workloadOf(values: Values): Values {
  const { database, redis } = values;
  const ca = (store: typeof database | typeof redis) => store.ca ?? (store.caSecret && mounted);
  return { ...values, database: { ...database, ca: ca(database) }, redis: { ...redis, ca: ca(redis) } };
}

/** The environment of a command, independent of how secrets are delivered. */
export const settings = (values: Values, command: CommandName = 'serve'): CommandSettings =>
  commandSettings(command, workloadOf(values), platform(values));

/** The settings of all commands together. Some variables of `extraConfig` are for the migration alone. */
export const allSettings = (values: Values): CommandSettings =>
  serviceSettings(workloadOf(values), platform(values));

/** The Secret that contains a secret, unless `secrets.keys` names another. */
function standardSecret(
  { administrator, backup, secrets }: Values,
  secret: SecretKey | FileSecretName,
): string {
  switch (secret) {
    case 'db-owner-url':
      // Without ownerName, no container has a setting that needs the secret of the owner.
      return secrets.ownerName ?? secrets.name;
    case 'backup-key':
    case 'rclone.conf':
      return backup.secretName;
    case 'age-identity':
      return backup.restore.secretName;
    case 'administrator-password':
      return administrator.secretName;
    default:
      return secrets.name;
  }
}

/**
 * Where a secret is: the Secret and the key in it, the folder at which containers of the service find it, and the file in
 * the containers. `isForeign` means that something else than a Secret puts the file there.
 */
export function secretOf(values: Values, secret: SecretKey | FileSecretName) {
  const standardKey = secret === 'administrator-password' ? 'password' : secret;
  const {
    key = standardKey,
    name = standardSecret(values, secret),
    path,
  } = values.secrets.keys[secret] ?? {};
  const folder = secret === 'db-owner-url' ? paths.ownerSecrets : paths.secrets;
  return { name, key, folder, file: path ?? `${folder}/${secret}`, isForeign: path !== undefined };
}

/** Which of the secrets are in this Secret. */
const within = (values: Values, name: string | undefined, secrets: readonly SecretKey[]): SecretKey[] =>
  secrets.filter((secret) => {
    const location = secretOf(values, secret);
    return location.name === name && !location.isForeign;
  });

/** The secrets that the service needs for these values. */
export const neededSecrets = (values: Values): SecretKey[] => secretsOf(settings(values));

/** The secrets in the Secret of the service. Those that `secrets.keys` puts elsewhere exist already. */
export const secretKeys = (values: Values): SecretKey[] =>
  within(values, values.secrets.name, neededSecrets(values));

/** The secrets in the Secret that only the migration sees. */
export const ownerKeys = (values: Values): SecretKey[] =>
  values.secrets.ownerName ? within(values, values.secrets.ownerName, ['db-owner-url']) : [];

/** Whether a setting is a path in the container. Paths stand in the `env` list, all other texts in the ConfigMap. */
export function isPath(source: Source): boolean {
  return 'text' in source && source.text.startsWith('/');
}

/**
 * The key of a variable in the ConfigMap. Scanners (C-0012, Polaris sensitiveConfigmapContent) take each key with JWT,
 * TOKEN, SECRET or PASSWORD in its name for a secret, so the key of ACCESS_TOKEN_TTL is ACCESS_TTL. The variable keeps its name.
 */
export function configKey(variable: string): string {
  return variable.replace(/^JWT_/, '').replace(/(TOKEN|SECRET|PASSWORD)_|_(TOKEN|SECRET|PASSWORD)$/, '');
}

/** The variables that any command reads. */
const variablesOfCommands: ReadonlySet<string> = new Set(commandNames.flatMap(variablesOf));

/** The data of the ConfigMap: every setting of any command that is neither a secret nor a path. */
export function plainSettings(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(allSettings(values)).flatMap(([name, source]) =>
      variablesOfCommands.has(name) && 'text' in source && !isPath(source)
        ? [[configKey(name), source.text]]
        : [],
    ),
  );
}
