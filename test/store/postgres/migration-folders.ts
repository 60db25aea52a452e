import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { type MigrationOptions, migrate } from '../../../app/store/postgres/migrations.ts';
import { createScratchDatabase, silentLog } from '../../support/stores.ts';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A folder of migrations for one test. */
export function createFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export const first = { '0001_one.sql': 'create table one (id integer, word text);' };
export const concurrent = { '0002_two.sql': '-- why\ncreate index concurrently one_id_idx on one (id);' };

/** One connection to the server, which is closed in any case. */
export async function withSql<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1 });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}

/** Gives each test of a suite an empty database of its own on the real server, and a folder with two migrations. */
export function useScratchMigrations() {
  let url: () => string;
  let drop: () => Promise<void>;
  let folder: string;

  beforeEach(async () => {
    ({ url, drop } = await createScratchDatabase());
    folder = createFolder({ ...first, ...concurrent });
  });
  afterEach(async () => {
    await drop();
    rmSync(folder, { recursive: true });
  });

  return {
    /** The path of a file in the folder. */
    file: (name: string): string => join(folder, name),
    run: (options: Partial<MigrationOptions> = {}) =>
      migrate({ target: { url, sslMode: 'disable', caFile: undefined }, folder, log: silentLog, ...options }),
    withSql: <T>(use: (sql: postgres.Sql) => Promise<T>): Promise<T> => withSql(url(), use),
  };
}
