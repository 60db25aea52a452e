import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { migrate } from '../store/postgres/migrations.ts';

/**
 * Applies the missing migrations to the database in DB_PRIMARY_DB_URL.
 * @throws ConfigError without this variable: the embedded Postgres applies its migrations at each start
 */
export async function migrateCommand(config: Config, log: Logger): Promise<void> {
  const { url, sslMode, caFile } = config.database;
  if (!url) {
    throw new ConfigError([
      'DB_PRIMARY_DB_URL is required. The embedded Postgres applies its migrations when it starts',
    ]);
  }
  const { applied, alreadyApplied, unknown } = await migrate({ target: { url, sslMode, caFile }, log });
  if (unknown.length > 0) log.warn({ unknown }, 'the database has migrations of a newer version');
  log.info(
    { applied, alreadyApplied },
    applied.length > 0 ? 'migrations applied' : 'the schema is up to date',
  );
}
