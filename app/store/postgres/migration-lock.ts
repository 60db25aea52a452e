import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observe/log.ts';
import type { Connection } from './connection.ts';
import { describeHolders, findAdvisoryHolders, type LockHolder } from './lock-holders.ts';
import { createWaitLog } from './lock-watch.ts';

/** The key of the advisory lock. Any number will do, but every version must use the same one. */
const lockKey = 1_635_087_464;

/** Milliseconds between two attempts. */
const interval = 200;

/**
 * A transaction that may be idle as long as the migrations take. `transaction_timeout` exists since Postgres 17. With
 * another isolation level it would keep a snapshot, for whose end `create index concurrently` waits.
 */
const withoutTimeouts = `
  begin isolation level read committed;
  select set_config(name, '0', true)
  from pg_settings
  where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')`;

/** The sessions that have the lock: one while migrations are applied, otherwise none. */
export const findMigrationLockHolders = (connection: Pick<Connection, 'unsafe'>): Promise<LockHolder[]> =>
  findAdvisoryHolders(connection, lockKey);

interface LockOptions {
  /** Milliseconds to wait for another run. */
  readonly wait: number;
  readonly log: Logger;
}

/**
 * Takes the lock in a transaction and leaves the transaction open. The lock ends with the transaction, so no pooler can
 * keep it on a connection for the next client.
 * Polls: a blocking request would keep a snapshot open, and `create index concurrently` of the run that has the lock
 * waits for that snapshot, so both would wait for ever.
 * @throws Error that names the session that has the lock, when that takes too long
 */
export async function acquireMigrationLock(
  connection: Connection,
  { wait, log }: LockOptions,
): Promise<void> {
  const report = createWaitLog(log, 'the migration waits for another run');
  for (const startedAt = Date.now(); ; await sleep(interval)) {
    await connection.unsafe(withoutTimeouts);
    const tryLock = `select pg_try_advisory_xact_lock(${lockKey}) as locked`;
    const [row] = await connection.unsafe<{ locked: boolean }[]>(tryLock);
    if (row?.locked) return;
    const holders = await findMigrationLockHolders(connection);
    await connection.unsafe('rollback');
    if (Date.now() - startedAt >= wait) {
      const lock = describeHolders(holders) ?? `advisory lock ${lockKey}`;
      const wayOut = 'If no migration is running there, end that session with pg_terminate_backend';
      throw new Error(
        `another migration is running: this one waited ${wait / 1000} s for ${lock}. ${wayOut}`,
      );
    }
    report(holders);
  }
}

/** The session that runs migrations now, for a message; null if there is none. */
export const findRunningMigration = async (connection: Connection): Promise<string | null> =>
  describeHolders(await findAdvisoryHolders(connection, lockKey));
