import { type Config, ConfigError } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import { type Connection, connect } from '../../store/postgres/connection.ts';
import type { ConnectionTarget } from '../../store/postgres/connection-target.ts';
import { checkServer } from '../../store/postgres/server-check.ts';

/** Milliseconds to connect. */
const connectTimeout = 10_000;

/** How the owner of the tables is reached, directly: the role of the service can read no partition. */
export interface Owner {
  readonly target: ConnectionTarget;
  readonly variable: 'DB_MIGRATION_URL' | 'DB_PRIMARY_DB_URL';
}

/** @throws ConfigError without the URL of a database */
export function ownerOf(config: Config): Owner {
  const { ownerUrl } = config.migrations;
  const url = ownerUrl ?? config.database.url;
  if (!url) throw new ConfigError(['DB_MIGRATION_URL or DB_PRIMARY_DB_URL is required']);
  return {
    target: { ...config.database, url },
    variable: ownerUrl ? 'DB_MIGRATION_URL' : 'DB_PRIMARY_DB_URL',
  };
}

/**
 * @throws ConfigError when the configuration forbids the server, or a pooler shares its sessions: a snapshot belongs to a
 *   session, and pg_restore needs one
 */
async function checkOwner({ target, variable }: Owner, log: Logger, timeout: number): Promise<void> {
  const profile = await checkServer({ target, variable, log, timeout });
  if (profile?.pooling !== 'transaction') return;
  const reason = 'a pooler shares the sessions of Postgres between its clients, and a backup needs a session';
  const wayOut = 'Set DB_MIGRATION_URL to Postgres itself, or to a pooler with pool_mode=session';
  throw new ConfigError([`${variable}: ${reason}. ${wayOut}.`]);
}

/** Runs `work` on a connection of the owner's own, which is closed at the end. */
export async function withOwner<T>(
  owner: Owner,
  { log, timeout }: { log: Logger; timeout: number },
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await checkOwner(owner, log, timeout);
  const connection = connect({ target: owner.target, prepare: false, connectTimeout, parameters: {}, log });
  try {
    return await work(connection);
  } finally {
    await connection.end({ timeout: 0 });
  }
}
