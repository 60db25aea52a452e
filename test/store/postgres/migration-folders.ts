import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';

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
