import { type Config, ConfigError, type Secret } from '../config/config.ts';
import type { Logger } from '../observe/log.ts';
import { errorCode } from '../store/postgres/errors.ts';
import { migrate } from '../store/postgres/migrations.ts';
import { PoolerError } from '../store/postgres/pooling.ts';
import { checkServer } from '../store/postgres/server-check.ts';

/** The names of migrations, and how many were applied before. */
interface Migrated {
  readonly applied: readonly string[];
  readonly alreadyApplied: number;
  /** Migrations of a newer version of the service. */
  readonly unknown: readonly string[];
}

/** The user in a URL. */
const userOf = (url: Secret): string => decodeURIComponent(new URL(url()).username);

/**
 * The role that the service logs in as: DB_SERVICE_ROLE or the user of DB_PRIMARY_DB_URL. Undefined if that is the role
 * that migrates, as it is in an installation with one role.
 */
function serviceRoleOf({ database, migrations }: Config): string | undefined {
  const { ownerUrl, serviceRole } = migrations;
  if (serviceRole !== undefined) return serviceRole;
  const user = ownerUrl && database.url && userOf(database.url);
  return user && user !== userOf(ownerUrl) ? user : undefined;
}

/**
 * @throws ConfigError if a pooler is in the way
 * @throws Error that names the variable if the role may not migrate, otherwise the error itself
 */
function explain(error: unknown, variable: string): never {
  if (error instanceof PoolerError) throw new ConfigError([`${variable}: ${error.message}`]);
  // 42501, insufficient_privilege. The message names the object.
  if (errorCode(error) !== '42501' || !(error instanceof Error)) throw error;
  const cause = { cause: error };
  throw new Error(`${error.message}: migrate needs the owner of the tables, in DB_MIGRATION_URL`, cause);
}

/**
 * Applies the missing migrations to the database, as the owner of its tables, and grants the role of the service what the
 * service needs.
 * @throws ConfigError without the URL of a database, because the embedded Postgres applies its migrations at each start,
 *   or when the configuration forbids the Postgres that answers
 */
export async function migrateCommand(config: Config, log: Logger): Promise<Migrated> {
  const { timeout } = config.database;
  const { ownerUrl } = config.migrations;
  const url = ownerUrl ?? config.database.url;
  const missing =
    'DB_MIGRATION_URL or DB_PRIMARY_DB_URL is required. The embedded Postgres applies its migrations when it starts';
  if (!url) throw new ConfigError([missing]);
  const target = { ...config.database, url };
  const variable = ownerUrl ? 'DB_MIGRATION_URL' : 'DB_PRIMARY_DB_URL';
  const profile = await checkServer({ target, variable, log, timeout });
  const serviceRole = serviceRoleOf(config);
  // While a statement waits for a table, the queries of the service wait behind it, and they have a deadline.
  const lockTimeout = Math.min(1_000, timeout / 3);
  const options = { target, log, serviceRole, profile, lockTimeout };
  const { applied, alreadyApplied, unknown } = await migrate(options).catch((error: unknown) =>
    explain(error, variable),
  );
  if (unknown.length > 0)
    log.warn({ event: 'migrations_unknown', unknown }, 'the database has migrations of a newer version');
  const message = applied.length > 0 ? 'migrations applied' : 'the schema is up to date';
  log.info({ event: 'migrations_done', applied, alreadyApplied }, message);
  return { applied, alreadyApplied, unknown };
}
