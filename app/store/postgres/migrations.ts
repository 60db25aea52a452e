import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { applyMigration, readAppliedMigrations } from './applied-migrations.ts';
import { type Connection, connect } from './connection.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { type Migration, migrationFolder, readMigrations } from './migration-files.ts';
import { grantToServiceRole } from './service-role.ts';
import { applyMigrationSettings } from './session-settings.ts';

interface MigrationOptions {
  readonly target: ConnectionTarget;
  readonly folder?: string;
  readonly log: Logger;
  /** Milliseconds that a statement waits for a table. Queries queue behind it meanwhile. */
  readonly lockTimeout?: number;
  /** Milliseconds to wait for another migration run. */
  readonly lockWait?: number;
  /** The role of the service, if it is not the role that migrates. */
  readonly serviceRole?: string | undefined;
}

/** The key of the advisory lock. Any number will do, but every version must use the same one. */
const lockKey = 1_635_087_464;

/**
 * Applies the missing migrations in order, each file in its own transaction. Several runs may start at the same time.
 * It needs a connection of its own, not one that a transaction-pooling PgBouncer shares.
 * Then it grants the role of the service what the service needs.
 * @throws Error when there is no file, an applied file was changed, a statement fails, or the role cannot be used
 */
export async function migrate(options: MigrationOptions) {
  const { log, folder = migrationFolder, lockTimeout = 5_000, lockWait = 600_000, serviceRole } = options;
  const files = readMigrations(folder);
  const { connection, isLost } = openConnection(options);
  try {
    await connection.unsafe(applyMigrationSettings);
    await acquireLock(connection, lockWait);
    const result = await applyMissing(connection, files, async (migration) => {
      // The client reconnects by itself, but the advisory lock ended with the lost connection.
      if (isLost()) throw new Error('the connection was lost during a migration');
      await applyMigration(connection, migration, lockTimeout);
      log.info({ migration: migration.name }, 'migration applied');
    });
    if (serviceRole !== undefined) await grantTo(serviceRole, connection, log);
    return result;
  } finally {
    await closeConnection(connection);
  }
}

async function grantTo(serviceRole: string, connection: Connection, log: Logger): Promise<void> {
  const { changed, canCreate } = await grantToServiceRole(connection, serviceRole);
  log.info({ serviceRole, changed }, 'the role of the service has the privileges that it needs');
  if (!canCreate) return;
  const statement = 'revoke create on schema public from public';
  log.warn({ serviceRole }, `the role of the service can create objects in the schema public: ${statement}`);
}

function openConnection({ target, log }: MigrationOptions) {
  let losses = 0;
  const connection = connect({
    target,
    prepare: false,
    connectTimeout: 10_000,
    parameters: {},
    log,
    onClose: () => {
      losses += 1;
    },
  });
  return { connection, isLost: () => losses > 0 };
}

/**
 * Polls: a blocking request would keep a snapshot open, and `create index concurrently` of the run that has the lock
 * waits for that snapshot, so both would wait for ever.
 */
async function acquireLock(connection: Connection, timeout: number): Promise<void> {
  const tryLock = `select pg_try_advisory_lock(${lockKey}) as locked`;
  for (const startedAt = Date.now(); ; await sleep(200)) {
    const [row] = await connection.unsafe<{ locked: boolean }[]>(tryLock);
    if (row?.locked) return;
    if (Date.now() - startedAt >= timeout) throw new Error('another migration is running');
  }
}

async function applyMissing(
  connection: Connection,
  files: readonly Migration[],
  apply: (migration: Migration) => Promise<void>,
) {
  const applied = await readAppliedMigrations(connection);
  checkUnchanged(files, applied);
  const missing = files.filter((file) => !applied.has(file.name));
  for (const migration of missing) await apply(migration);
  return {
    applied: missing.map((file) => file.name),
    alreadyApplied: files.length - missing.length,
    // Migrations of a newer version of the service. They are accepted, so that a rollback works.
    unknown: [...applied.keys()].filter((name) => !files.some((file) => file.name === name)),
  };
}

function checkUnchanged(files: readonly Migration[], applied: ReadonlyMap<string, string>): void {
  const changed = files.filter((file) => (applied.get(file.name) ?? file.checksum) !== file.checksum);
  if (changed.length === 0) return;
  throw new Error(`applied migrations were changed: ${changed.map((file) => file.name).join(', ')}`);
}

/** PGlite is one backend, so the settings and locks of this connection would apply to the next client too. */
async function closeConnection(connection: Connection): Promise<void> {
  await connection.unsafe('reset all; select pg_advisory_unlock_all()').catch(() => undefined);
  await connection.end({ timeout: 5 });
}
