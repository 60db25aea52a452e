import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { errorCode } from './errors.ts';

export type Pooling = 'none' | 'session' | 'transaction';

/** The pooler cannot be used as it is configured. At the start of a command the error becomes a ConfigError. */
export class PoolerError extends Error {
  readonly code = 'POOLER_REFUSED';
}

/** Observations before two clients count as clients with a backend each. */
const rounds = 16;

/** Milliseconds that a client waits for a backend. A pool may have no further one. */
const patience = 500;

/** PgBouncer sends the error of a refused `begin` and closes the connection, and the client reports either. */
const closing = ['08P01', 'CONNECTION_CLOSED', 'CONNECTION_ENDED'];

/** 26000, invalid_sql_statement_name: the backend does not know the prepared statement. */
const lostStatement = '26000';

/** The result, or null when it takes longer than a client waits for a backend. */
async function inPatience<T>(work: Promise<T>): Promise<T | null> {
  // The caller may stop waiting before the work fails.
  work.catch(() => undefined);
  return Promise.race([work, sleep(patience, null, { ref: false })]);
}

/**
 * @returns a connection with an open transaction, or null when none is free
 * @throws PoolerError when two connections in a row are closed because of a transaction
 */
async function beginOn(open: () => Connection): Promise<Connection | null> {
  for (let attempt = 1; ; attempt += 1) {
    const connection = open();
    if (!(await inPatience(connection.unsafe('select 1')))) return null;
    try {
      await connection.unsafe('begin');
      return connection;
    } catch (error) {
      if (!closing.includes(errorCode(error))) throw error;
      if (attempt === 2) {
        const reason = 'the pooler pools statements and refuses transactions, which the service needs';
        const wayOut = 'Configure pool_mode=transaction or pool_mode=session in the pooler.';
        throw new PoolerError(`${reason}. ${wayOut}`, { cause: error });
      }
    }
  }
}

const askPid = 'select pg_backend_pid() as pid where $1::integer = 1';

interface Answer {
  readonly pid: number | undefined;
  /** The name of the prepared statement. The client makes a new one when the backend does not know it. */
  readonly statement: string;
}

async function ask(connection: Connection): Promise<Answer> {
  try {
    const rows = await connection.unsafe<{ pid: number }[]>(askPid, [1], { prepare: true });
    return { pid: rows[0]?.pid, statement: rows.statement.name };
  } catch (error) {
    if (errorCode(error) === lostStatement) return { pid: undefined, statement: '' };
    throw error;
  }
}

/** The answer to the first client while the second has a transaction open, and the backend of the second. */
async function askDuringTransaction(first: Connection, second: Connection) {
  const [row] = await second.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
  const asking = ask(first);
  const answer = await inPatience(asking);
  await second.unsafe('rollback');
  // Without a second backend the question is answered after the transaction.
  await asking;
  return { answer, other: row?.pid };
}

export interface ObservedPooling {
  readonly pooling: Pooling;
  readonly keepsStatements: boolean;
}

const shared = (keepsStatements: boolean): ObservedPooling => ({ pooling: 'transaction', keepsStatements });

/**
 * Observes two clients behind a pooler. While the second has a transaction open, the first asks which backend
 * answers. A backend that changes, or that serves both, proves that the pooler shares backends between transactions.
 * A prepared statement that is still there on another backend proves that the pooler keeps prepared statements.
 * @param open opens the connection of the second client
 * @throws PoolerError when the pooler refuses transactions
 */
export async function observePooling(first: Connection, open: () => Connection): Promise<ObservedPooling> {
  let before = await ask(first);
  let isShared = false;
  const second = await beginOn(open);
  if (!second) return shared(false);
  for (let round = 1; round <= rounds; round += 1) {
    if (round > 1) await second.unsafe('begin');
    const { answer, other } = await askDuringTransaction(first, second);
    if (!answer) return shared(false);
    if (answer.pid !== before.pid) return shared(answer.statement === before.statement);
    isShared ||= other === before.pid;
    before = answer;
  }
  return isShared ? shared(false) : { pooling: 'session', keepsStatements: true };
}
