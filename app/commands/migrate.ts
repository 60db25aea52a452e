import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config/config.ts';
import { migrate } from '../store/postgres/migrations.ts';

/**
 * Applies what is missing of the schema to DB_PRIMARY_DB_URL and says what it did.
 * @throws ConfigError without that variable: the embedded Postgres migrates itself whenever it starts
 */
export async function migrateCommand(config: Config, log: Logger): Promise<void> {
  const { url, sslMode, caFile } = config.database;
  if (!url) {
    throw new ConfigError(['DB_PRIMARY_DB_URL is required: the embedded Postgres migrates itself at start']);
  }
  const { applied, alreadyApplied, unknown } = await migrate({ target: { url, sslMode, caFile }, log });
  if (unknown.length > 0) log.warn({ unknown }, 'the schema is newer than this version');
  log.info({ applied, alreadyApplied }, applied.length > 0 ? 'schema migrated' : 'schema was up to date');
}
