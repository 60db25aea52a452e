import type { Database } from './database.ts';
import { errorCode } from './errors.ts';
import { migrationFolder, readMigrations } from './migration-files.ts';

const namesByFolder = new Map<string, readonly string[]>();

/** Whether every migration of this version is applied. A newer schema is accepted. Reads each folder once. */
export async function isSchemaCurrent(database: Database, folder = migrationFolder): Promise<boolean> {
  const known = namesByFolder.get(folder) ?? readMigrations(folder).map((file) => file.name);
  namesByFolder.set(folder, known);
  try {
    const rows = await database.query<{ name: string }>('schema_migrations/list');
    const applied = new Set(rows.map((row) => row.name));
    return known.every((name) => applied.has(name));
  } catch (error) {
    // 42P01, the table is missing: no migration was ever applied.
    if (errorCode(error) === '42P01') return false;
    throw error;
  }
}
