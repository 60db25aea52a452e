import type { Connection } from './connection.ts';
import { concurrentIndex, type Migration } from './migration-files.ts';

/** The checksum of each applied migration by its name. Creates the table on an empty database. */
export async function readAppliedMigrations(connection: Connection): Promise<Map<string, string>> {
  await connection.unsafe(`create table if not exists public.schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  )`);
  const rows = await connection.unsafe<{ name: string; checksum: string }[]>(
    'select name, checksum from public.schema_migrations order by name',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

const insertRecord = 'insert into public.schema_migrations (name, checksum) values ($1, $2)';

/** @param lockTimeout milliseconds that a statement waits for a lock on a table */
export async function applyMigration(connection: Connection, migration: Migration, lockTimeout: number) {
  if (migration.isConcurrent) return applyConcurrently(connection, migration);
  await connection.unsafe(`set lock_timeout = ${Math.floor(lockTimeout)}`);
  await connection.begin(async (tx) => {
    await tx.unsafe(migration.text);
    await tx.unsafe(insertRecord, [migration.name, migration.checksum]);
  });
}

async function applyConcurrently(connection: Connection, migration: Migration): Promise<void> {
  // `create index concurrently` waits for all older transactions, and blocks no query meanwhile.
  await connection.unsafe('set lock_timeout = 0');
  await dropInvalidIndex(connection, concurrentIndex(migration.text));
  await connection.unsafe(migration.text);
  await connection.unsafe(insertRecord, [migration.name, migration.checksum]);
}

/** An interrupted `create index concurrently` leaves an invalid index: maintained, never used, and its name is taken. */
async function dropInvalidIndex(connection: Connection, index: string | null): Promise<void> {
  const [invalid] = await connection.unsafe<{ name: string }[]>(
    `select indexrelid::regclass::text as name
    from pg_index
    where indexrelid = to_regclass($1)
      and not indisvalid`,
    [index],
  );
  if (invalid) await connection.unsafe(`drop index concurrently ${invalid.name}`);
}
