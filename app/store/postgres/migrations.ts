import type { Logger } from '../../observe/log.ts';
import { createMigrationRunner, readAppliedMigrations } from './applied-migrations.ts';
import { type Connection, connect } from './connection.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { compareMigrations, type Migration, migrationFolder, readMigrations } from './migration-files.ts';
import { acquireMigrationLock } from './migration-lock.ts';
import { PoolerError, type Pooling } from './pooling.ts';
import { detectProfile, type ServerProfile } from './server-profile.ts';
import { grantToServiceRole } from './service-role.ts';
import { applyMigrationSettings, migrationSettings } from './session-settings.ts';

export interface MigrationOptions {
  readonly target: ConnectionTarget;
  readonly folder?: string;
  readonly log: Logger;
  /** Milliseconds that a statement waits for a table. Queries queue behind it meanwhile, so it is less than DB_TIMEOUT. */
  readonly lockTimeout?: number;
  /** Milliseconds to try a file again whose table is locked. */
  readonly tableWait?: number;
  /** Milliseconds to wait for another migration run, and for older transactions to end. */
  readonly lockWait?: number;
  /** The role of the service, if it is not the role that migrates. */
  readonly serviceRole?: string | undefined;
  /** What a check at the start found out about the server. */
  readonly profile?: ServerProfile | undefined;
  /** PGlite: one backend, of which one process at a time has one connection. */
  readonly embedded?: boolean;
}

/** Milliseconds to connect, and to find out whether a pooler is in between. */
const connectTimeout = 10_000;

/**
 * Applies the missing migrations in order, each file in its own transaction. Several runs may start at the same time.
 * Then it grants the role of the service what the service needs.
 * @throws PoolerError behind a pooler that shares sessions
 * @throws MigrationError when a file cannot be applied
 * @throws Error when there is no file, an applied file was changed, another run has the lock, or the role cannot be used
 */
export async function migrate(options: MigrationOptions) {
  const { log, folder = migrationFolder, lockWait = 600_000, serviceRole, embedded } = options;
  const files = readMigrations(folder);
  const isDirect = !embedded && (await refusePooler(options)) === 'none';
  const connections = createConnections(options, isDirect);
  try {
    const connection = await connections.open();
    if (!embedded) await acquireMigrationLock(await connections.open(), { wait: lockWait, log });
    const run = await createMigrationRunner({ ...options, lockWait, connection, connections });
    const result = await applyMissing(connection, files, run);
    if (serviceRole !== undefined) await grantTo(serviceRole, connection, log);
    return result;
  } finally {
    await connections.close();
  }
}

/** Before the lock is taken. @throws PoolerError */
async function refusePooler({ target, log, profile }: MigrationOptions): Promise<Pooling> {
  const { pooling } =
    profile ?? (await detectProfile({ target, settings: migrationSettings, timeout: connectTimeout, log }));
  if (pooling !== 'transaction') return pooling;
  const reason =
    'a pooler shares the sessions of Postgres between its clients, and a migration needs a session';
  const wayOut = 'Set DB_MIGRATION_URL to Postgres itself, or to a pooler with pool_mode=session';
  throw new PoolerError(`${reason}. ${wayOut}.`);
}

/**
 * @param isDirect whether the settings can be sent at the start of a connection. After it, a statement_timeout of the server
 *   already applies, and with exit_on_error a slow answer ends the connection, and so the run.
 */
function createConnections({ target, log, embedded }: MigrationOptions, isDirect: boolean) {
  const parameters = isDirect ? migrationSettings : {};
  const opened: Connection[] = [];
  let losses = 0;
  return {
    async open(): Promise<Connection> {
      const onClose = (): void => {
        losses += 1;
      };
      const connection = connect({ target, prepare: false, connectTimeout, parameters, log, onClose });
      opened.push(connection);
      if (!isDirect) await connection.unsafe(applyMigrationSettings);
      return connection;
    },
    /** The client reconnects by itself, but the lock ended with the lost connection. */
    isLost: () => losses > 0,
    async close(): Promise<void> {
      // PGlite is one backend, so the settings of this connection would apply to the next client too.
      if (embedded) await opened[0]?.unsafe('reset all').catch(() => undefined);
      await Promise.all(opened.map((connection) => connection.end({ timeout: 5 })));
    },
  };
}

async function grantTo(serviceRole: string, connection: Connection, log: Logger): Promise<void> {
  const { changed, canCreate } = await grantToServiceRole(connection, serviceRole);
  const granted = 'the role of the service has the privileges that it needs';
  log.info({ event: 'service_role_granted', serviceRole, changed }, granted);
  if (!canCreate) return;
  const statement = 'revoke create on schema public from public';
  const message = `the role of the service can create objects in the schema public: ${statement}`;
  log.warn({ event: 'service_role_may_create', serviceRole }, message);
}

async function applyMissing(
  connection: Connection,
  files: readonly Migration[],
  apply: (migration: Migration) => Promise<void>,
) {
  const applied = await readAppliedMigrations(connection);
  const { changed, missing, unknown } = compareMigrations(files, applied);
  if (changed.length > 0) throw new Error(`applied migrations were changed: ${changed.join(', ')}`);
  for (const migration of missing) await apply(migration);
  return {
    applied: missing.map((file) => file.name),
    alreadyApplied: files.length - missing.length,
    unknown,
  };
}
