import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { migrate } from '../store/postgres/migrations.ts';

/**
 * Applies the missing migrations to the database in DB_PRIMARY_DB_URL.
 * @throws ConfigError without this variable: the embedded Postgres applies its migrations at each start
 */
export async function migrateCommand(config: Config, log: Logger): Promise<void> {
  const { url, sslMode, caFile } = config.database;
  const missing =
    'DB_PRIMARY_DB_URL is required. The embedded Postgres applies its migrations when it starts';
  if (!url) throw new ConfigError([missing]);
  const { applied, alreadyApplied, unknown } = await migrate({ target: { url, sslMode, caFile }, log });
  if (unknown.length > 0) log.warn({ unknown }, 'the database has migrations of a newer version');
  const message = applied.length > 0 ? 'migrations applied' : 'the schema is up to date';
  log.info({ applied, alreadyApplied }, message);
}
