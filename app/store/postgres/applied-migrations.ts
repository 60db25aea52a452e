import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observe/log.ts';
import type { Connection } from './connection.ts';
import { errorCode } from './errors.ts';
import { watchLocks } from './lock-watch.ts';
import { lockNotAvailable, MigrationError } from './migration-error.ts';
import { concurrentIndex, type Migration } from './migration-files.ts';

/**
 * The checksum of each applied migration by its name.
 * @throws PostgresError 42P01 on an empty database
 */
export async function listAppliedMigrations(
  connection: Pick<Connection, 'unsafe'>,
): Promise<Map<string, string>> {
  const rows = await connection.unsafe<{ name: string; checksum: string }[]>(
    'select name, checksum from public.schema_migrations order by name',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/** The checksum of each applied migration by its name. Creates the table on an empty database. */
export async function readAppliedMigrations(connection: Connection): Promise<Map<string, string>> {
  await connection.unsafe(`create table if not exists public.schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  )`);
  return listAppliedMigrations(connection);
}

const insertRecord = 'insert into public.schema_migrations (name, checksum) values ($1, $2)';

interface RunnerOptions {
  readonly connection: Connection;
  readonly connections: { open(): Promise<Connection>; isLost(): boolean };
  readonly log: Logger;
  readonly lockWait: number;
  readonly lockTimeout?: number;
  readonly tableWait?: number;
  readonly embedded?: boolean | undefined;
}

/** @returns a function that applies one file, and that throws a MigrationError when it cannot */
export async function createMigrationRunner(options: RunnerOptions) {
  const { connection, connections, log, lockWait, embedded } = options;
  const { lockTimeout = 1_000, tableWait = 60_000 } = options;
  const [backend] = await connection.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
  const observer = embedded ? undefined : await connections.open();

  async function apply(migration: Migration): Promise<void> {
    if (connections.isLost()) throw new Error('the connection to Postgres was lost');
    if (migration.isConcurrent) await applyConcurrently(connection, migration);
    else
      await applyWhenFree(
        () => applyInTransaction(connection, migration, lockTimeout),
        lockTimeout,
        tableWait,
      );
  }

  return async (migration: Migration): Promise<void> => {
    const { name } = migration;
    const watched = { pid: backend?.pid ?? 0, what: `migration ${name}`, log, limit: lockWait };
    const watch = observer && watchLocks({ observer, ...watched });
    try {
      await apply(migration);
    } catch (error) {
      throw new MigrationError(name, error, watch?.lastWait() ?? null);
    } finally {
      await watch?.stop();
    }
    log.info({ event: 'migration_applied', migration: name }, 'migration applied');
  };
}

/** Between two attempts, the queries run that have queued behind the migration. */
async function applyWhenFree(attempt: () => Promise<void>, pause: number, wait: number): Promise<void> {
  for (const startedAt = Date.now(); ; await sleep(pause)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (errorCode(error) !== lockNotAvailable || Date.now() - startedAt >= wait) throw error;
    }
  }
}

async function applyInTransaction(connection: Connection, migration: Migration, lockTimeout: number) {
  await connection.begin(async (tx) => {
    await tx.unsafe(`set local lock_timeout = ${Math.max(1, Math.floor(lockTimeout))}`);
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
