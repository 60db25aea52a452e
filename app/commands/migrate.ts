import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { migrate } from '../store/postgres/migrations.ts';
import { checkServer } from '../store/postgres/server-check.ts';

/**
 * Applies the missing migrations to the database in DB_PRIMARY_DB_URL.
 * @throws ConfigError without this variable, because the embedded Postgres applies its migrations at each start, or
 *   when the configuration forbids the Postgres that answers
 */
export async function migrateCommand(config: Config, log: Logger): Promise<void> {
  const { url, timeout: connectTimeout } = config.database;
  const missing =
    'DB_PRIMARY_DB_URL is required. The embedded Postgres applies its migrations when it starts';
  if (!url) throw new ConfigError([missing]);
  const target = { ...config.database, url };
  await checkServer({ target, variable: 'DB_PRIMARY_DB_URL', log, connectTimeout });
  const { applied, alreadyApplied, unknown } = await migrate({ target, log });
  if (unknown.length > 0) log.warn({ unknown }, 'the database has migrations of a newer version');
  const message = applied.length > 0 ? 'migrations applied' : 'the schema is up to date';
  log.info({ applied, alreadyApplied }, message);
}
