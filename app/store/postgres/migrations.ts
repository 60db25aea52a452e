import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Connection, type ConnectionTarget, connect } from './connection.ts';
import type { Database } from './database.ts';
import { errorCode } from './errors.ts';
import { concurrentIndex, type Migration, migrationFolder, readMigrations } from './migration-files.ts';

export interface MigrationOptions {
  readonly target: ConnectionTarget;
  readonly folder?: string;
  readonly log: Logger;
  /** Milliseconds a statement may wait for a table, so that queries do not pile up behind it. */
  readonly lockTimeout?: number;
  /** Milliseconds to wait for another migration. */
  readonly lockWait?: number;
}

export interface MigrationReport {
  readonly applied: string[];
  readonly alreadyApplied: number;
  /** Applied by a newer version of the service; accepted, so that a rollback works. */
  readonly unknown: string[];
}

/** Any number, as long as it is this one everywhere. */
const lockKey = 1_635_087_464;

/** Polled: blocking on the lock would hold a snapshot that another's concurrent index waits for, a deadlock. */
async function lock(connection: Connection, lockWait: number): Promise<void> {
  for (const started = Date.now(); ; await sleep(200)) {
    const [row] = await connection.unsafe<{ locked: boolean }[]>(
      `select pg_try_advisory_lock(${lockKey}) as locked`,
    );
    if (row?.locked) return;
    if (Date.now() - started >= lockWait) throw new Error('another migration is running');
  }
}

/** What an interrupted one leaves is invalid: kept up to date, never used, and in the way of its own name. */
async function dropInvalid(connection: Connection, index: string | null): Promise<void> {
  const [leftover] = await connection.unsafe<{ name: string }[]>(
    `select indexrelid::regclass::text as name
    from pg_index
    where indexrelid = to_regclass($1)
      and not indisvalid`,
    [index],
  );
  if (leftover) await connection.unsafe(`drop index concurrently ${leftover.name}`);
}

async function apply(connection: Connection, migration: Migration, lockTimeout: number): Promise<void> {
  const record = 'insert into schema_migrations (name, checksum) values ($1, $2)';
  const values = [migration.name, migration.checksum];
  if (migration.isConcurrent) {
    // It blocks nobody while it waits, and it waits for every transaction that is older.
    await connection.unsafe('set lock_timeout = 0');
    await dropInvalid(connection, concurrentIndex(migration.text));
    await connection.unsafe(migration.text);
    await connection.unsafe(record, values);
    return;
  }
  await connection.unsafe(`set lock_timeout = ${Math.floor(lockTimeout)}`);
  await connection.begin(async (tx) => {
    await tx.unsafe(migration.text);
    await tx.unsafe(record, values);
  });
}

async function readApplied(connection: Connection): Promise<Map<string, string>> {
  await connection.unsafe(`create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  )`);
  const rows = await connection.unsafe<{ name: string; checksum: string }[]>(
    'select name, checksum from schema_migrations order by name',
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

async function applyMissing(
  connection: Connection,
  files: readonly Migration[],
  step: (migration: Migration) => Promise<void>,
): Promise<MigrationReport> {
  const done = await readApplied(connection);
  const changed = files.filter((file) => (done.get(file.name) ?? file.checksum) !== file.checksum);
  if (changed.length > 0) {
    throw new Error(`applied migrations were changed: ${changed.map((file) => file.name).join(', ')}`);
  }
  const missing = files.filter((file) => !done.has(file.name));
  for (const migration of missing) await step(migration);
  const unknown = [...done.keys()].filter((name) => !files.some((file) => file.name === name));
  return {
    applied: missing.map((file) => file.name),
    alreadyApplied: files.length - missing.length,
    unknown,
  };
}

/**
 * Applies what is missing, in order, each file in its own transaction; safe when several start at once. Needs a
 * connection of its own, not one shared by a transaction-pooling PgBouncer.
 * @throws Error when there is no file, an applied file was changed, or a statement fails
 */
export async function migrate(options: MigrationOptions): Promise<MigrationReport> {
  const { target, log, folder = migrationFolder, lockTimeout = 5_000, lockWait = 600_000 } = options;
  const files = readMigrations(folder);
  let losses = 0;
  const connection = connect({
    target,
    prepare: false,
    connectTimeout: 10_000,
    parameters: {},
    onNotice: (notice) => log.debug({ notice: notice.message }, 'notice from Postgres'),
    onClose: () => {
      losses += 1;
    },
  });
  try {
    await lock(connection, lockWait);
    return await applyMissing(connection, files, async (migration) => {
      // The client connects again by itself, but the lock went with the old connection.
      if (losses > 0) throw new Error('the connection was lost while migrating');
      await apply(connection, migration, lockTimeout);
      log.info({ migration: migration.name }, 'migration applied');
    });
  } finally {
    // PGlite is one backend: what a client sets or locks would stay for the next.
    await connection.unsafe('reset lock_timeout; select pg_advisory_unlock_all()').catch(() => undefined);
    await connection.end({ timeout: 5 });
  }
}

const namesIn = new Map<string, readonly string[]>();

/** Whether every migration that this version knows is applied; a newer schema is fine. Reads a folder once. */
export async function isSchemaCurrent(database: Database, folder = migrationFolder): Promise<boolean> {
  const known = namesIn.get(folder) ?? readMigrations(folder).map((file) => file.name);
  namesIn.set(folder, known);
  try {
    const rows = await database.query<{ name: string }>('schema_migrations/list');
    const applied = new Set(rows.map((row) => row.name));
    return known.every((name) => applied.has(name));
  } catch (error) {
    // 42P01 is no such table: nothing was ever applied.
    if (errorCode(error) === '42P01') return false;
    throw error;
  }
}
