import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Database } from './database.ts';
import { type Connection, type ConnectionTarget, connect } from './postgres-connection.ts';
import { errorCode } from './postgres-errors.ts';

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

export interface MigrationReport {
  readonly applied: string[];
  readonly alreadyApplied: number;
  /** Applied by a newer version of the service; accepted, so that a rollback works. */
  readonly unknown: string[];
}

export const migrationFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** The two halves of the advisory lock's key: any number, as long as it is this one everywhere. */
const lockKey = '1635087464, 1';

/** `0001_init.sql`, in order. @throws Error when there is none: an empty folder is a packaging fault, not success */
export function readMigrations(folder: string): Migration[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{4}_\w+\.sql$/.test(name)) : [];
  if (names.length === 0) throw new Error(`no migration found in ${folder}`);
  return names.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/** Name of the index that a file makes concurrently, if it does. @throws Error when it does anything else besides */
export function concurrentIndex(migration: Pick<Migration, 'name' | 'text'>): string | null {
  const statements = migration.text
    .replace(/--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim());
  if (!/\bconcurrently\b/i.test(statements.join(';'))) return null;
  if (statements.length !== 1)
    throw new Error(`${migration.name}: a concurrent statement must be alone in its file`);
  return (
    /index\s+concurrently\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s+on\b/i.exec(statements[0] ?? '')?.[1] ?? ''
  );
}

/** Polled: blocking on the lock would hold a snapshot that another's concurrent index waits for, a deadlock. */
async function lock(connection: Connection, lockWait: number): Promise<void> {
  for (const started = Date.now(); Date.now() - started < lockWait; await sleep(200)) {
    const [row] = await connection.unsafe<{ locked: boolean }[]>(
      `select pg_try_advisory_lock(${lockKey}) as locked`,
    );
    if (row?.locked) return;
  }
  throw new Error('another migration is running');
}

/** A concurrent index that failed stays behind, invalid: written to, never used, and in the way of its own name. */
async function dropInvalid(connection: Connection, index: string): Promise<void> {
  const [leftover] = await connection.unsafe<{ name: string }[]>(
    `select indexrelid::regclass::text as name
    from pg_index
    where indexrelid = to_regclass($1) and not indisvalid`,
    [index],
  );
  if (leftover) await connection.unsafe(`drop index concurrently ${leftover.name}`);
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  const index = concurrentIndex(migration);
  const record = 'insert into schema_migrations (name, checksum) values ($1, $2)';
  const values = [migration.name, migration.checksum];
  if (index !== null) {
    if (index) await dropInvalid(connection, index);
    await connection.unsafe(migration.text);
    await connection.unsafe(record, values);
    return;
  }
  await connection.begin(async (tx) => {
    await tx.unsafe(migration.text);
    await tx.unsafe(record, values);
  });
}

async function applyMissing(
  connection: Connection,
  files: Migration[],
  log: Logger,
): Promise<MigrationReport> {
  await connection.unsafe(`create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz(3) not null default now()
  )`);
  const rows = await connection.unsafe<{ name: string; checksum: string }[]>(
    'select name, checksum from schema_migrations',
  );
  const done = new Map(rows.map((row) => [row.name, row.checksum]));
  const changed = files.filter((file) => done.has(file.name) && done.get(file.name) !== file.checksum);
  if (changed.length > 0)
    throw new Error(`applied migrations were changed: ${changed.map((file) => file.name).join(', ')}`);
  const missing = files.filter((file) => !done.has(file.name));
  for (const migration of missing) {
    await apply(connection, migration);
    log.info({ migration: migration.name }, 'migration applied');
  }
  const known = new Set(files.map((file) => file.name));
  const unknown = [...done.keys()].filter((name) => !known.has(name)).sort();
  return {
    applied: missing.map((file) => file.name),
    alreadyApplied: files.length - missing.length,
    unknown,
  };
}

/**
 * Applies what is missing, in order, each file in its own transaction; safe when several start at once.
 * @param options.lockTimeout milliseconds a statement may wait for a table, so that queries do not pile up behind it
 * @param options.lockWait milliseconds to wait for another migration
 * @throws Error when there is no file, an applied file was changed, or a statement fails
 */
export async function migrate(options: {
  target: ConnectionTarget;
  folder?: string;
  log: Logger;
  lockTimeout?: number;
  lockWait?: number;
}): Promise<MigrationReport> {
  const { target, folder = migrationFolder, log, lockTimeout = 5_000, lockWait = 600_000 } = options;
  const files = readMigrations(folder);
  const connection = connect({
    target,
    prepare: false,
    connectTimeout: 10_000,
    parameters: {},
    onNotice: (notice) => log.debug({ notice: notice.message }, 'notice from Postgres'),
  });
  try {
    await lock(connection, lockWait);
    await connection.unsafe(`set lock_timeout = ${Math.floor(lockTimeout)}`);
    return await applyMissing(connection, files, log);
  } finally {
    // PGlite is one backend: what a client sets or locks stays for the next.
    await connection.unsafe(`reset lock_timeout; select pg_advisory_unlock_all()`).catch(() => undefined);
    await connection.end({ timeout: 5 });
  }
}

/** Whether every migration that this version knows is applied; a newer schema is fine. */
export async function isSchemaCurrent(
  database: Database,
  folder: string = migrationFolder,
): Promise<boolean> {
  try {
    const rows = await database.query<{ name: string }>('schema_migrations/list');
    const applied = new Set(rows.map((row) => row.name));
    return readMigrations(folder).every((file) => applied.has(file.name));
  } catch (error) {
    // No table: nothing was ever applied.
    if (errorCode(error) === '42P01') return false;
    throw error;
  }
}
