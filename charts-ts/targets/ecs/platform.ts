import { keeperPort, ports } from '../../names.ts';
import type { Platform } from '../../workload/platform.ts';
import { type CommandSettings, commandSettings, type SecretKey } from '../../workload/settings.ts';
import { databaseCa } from './database-ca.ts';
import type { EcsValues } from './values.ts';

/** Names in Secrets Manager: those of the deployment guide, and those of further options. */
export const secretNames: Readonly<Record<SecretKey, string>> = {
  'db-url': 'auth-db-url',
  'db-replica-url': 'auth-db-replica-url',
  'db-owner-url': 'auth-db-owner-url',
  'redis-url': 'redis-url',
  'redis-cert': 'redis-cert',
  'redis-key': 'redis-key',
  'redis-sentinel-password': 'redis-sentinel-password',
  'jwt-secret': 'jwt-secret',
  'jwt-secret-previous': 'jwt-secret-previous',
  'jwt-private-key': 'jwt-private-key',
  'jwt-public-key': 'jwt-public-key',
};

/** A file system in memory that Fargate gives each container, also with a read-only root. */
export const memoryFolder = '/dev/shm';
export const backupKeyFile = `${memoryFolder}/backup-key`;

/** The folder of further public keys in the task. */
export const publicKeysFolder = '/etc/auth/public-keys';

function platformOf({ ecs, jwt }: EcsValues, loadBalancerCidrs: readonly string[]): Platform {
  const hasPublicKeys = Object.keys(jwt.publicKeys).length > 0;
  return {
    host: ecs.host,
    internalHosts: [],
    proxies: loadBalancerCidrs,
    ports: { ...ports, keeper: keeperPort },
    keys: 'texts',
    files: hasPublicKeys ? { publicKeys: publicKeysFolder } : {},
    hasOwnerSecret: true,
  };
}

/** The environment of a container: texts, and secrets by the key of their name. */
export interface Environment {
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretKey>>;
}

function environmentOf(settings: CommandSettings): Environment {
  const given = Object.entries(settings);
  return {
    texts: Object.fromEntries(
      given.flatMap(([name, source]) => ('text' in source ? [[name, source.text]] : [])),
    ),
    secrets: Object.fromEntries(
      given.flatMap(([name, source]) => ('secret' in source ? [[name, source.secret]] : [])),
    ),
  };
}

/** The environments of all containers. Each has the variables that its command reads and no others. */
export function environmentsOf(values: EcsValues, loadBalancerCidrs: readonly string[]) {
  const ca = databaseCa(values);
  const withCa = { ...values, database: { ...values.database, ...(ca && { ca }) } };
  const platform = platformOf(values, loadBalancerCidrs);
  const of = (command: 'serve' | 'keep-port' | 'migrate' | 'purge' | 'backup') =>
    commandSettings(command, withCa, platform);
  const migrate = of('migrate');
  const { DB_CA, DB_MIGRATION_URL, DB_PRIMARY_DB_URL } = migrate;
  const urls = { ...(DB_CA && { DB_CA }), ...(DB_PRIMARY_DB_URL && { DB_PRIMARY_DB_URL }) };
  return {
    service: environmentOf(of('serve')),
    portKeeper: environmentOf(of('keep-port')),
    migrate: environmentOf(migrate),
    purge: environmentOf(of('purge')),
    backup: environmentOf(of('backup')),
    serviceRole: environmentOf({ ...urls, ...(DB_MIGRATION_URL && { DB_MIGRATION_URL }) }),
  };
}
