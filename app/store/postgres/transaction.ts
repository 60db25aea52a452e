import type { PooledConnection } from './connection-pool.ts';
import type { Database } from './database.ts';
import { unavailable } from './errors.ts';
import type { Queries, QueryName } from './queries.ts';

export type RunStatement = <Row>(
  pooled: PooledConnection,
  text: string,
  params?: readonly unknown[],
) => Promise<Row[]>;

interface TransactionParts {
  readonly pooled: PooledConnection;
  readonly queries: Queries;
  readonly run: RunStatement;
  /** The statement that begins a transaction, and those that make the session settings its settings. */
  readonly begin: string;
  destroy(pooled: PooledConnection): void;
}

/** `failure` is the error of the first statement that failed. */
interface TransactionState {
  readonly isConnected: () => boolean;
  isOver: boolean;
  failure?: unknown;
}

/**
 * Runs `work` between begin and commit on one connection, which no other caller uses meanwhile.
 * @throws the error of the work, or of the first failed statement even when the work caught that error
 */
export async function runTransaction<T>(parts: TransactionParts, work: (tx: Database) => Promise<T>) {
  const { pooled, run, begin, destroy } = parts;
  await run(pooled, begin);
  const { losses } = pooled;
  const isConnected = (): boolean => !pooled.isDestroyed && pooled.losses === losses;
  const state: TransactionState = { isConnected, isOver: false };
  try {
    const result = await work(createTransactionDatabase(parts, state));
    // After a failed statement Postgres answers `commit` with a rollback and no error.
    if (state.failure) throw state.failure;
    if (!isConnected()) throw unavailable(new Error('the connection was lost during a transaction'));
    await run(pooled, 'commit');
    return result;
  } catch (error) {
    if (isConnected()) await run(pooled, 'rollback').catch(() => destroy(pooled));
    throw error;
  } finally {
    state.isOver = true;
  }
}

/** The database that the work of the transaction sees. */
function createTransactionDatabase(parts: TransactionParts, state: TransactionState): Database {
  const { pooled, queries, run } = parts;
  const database: Database = {
    async query<Row extends object>(name: QueryName, params?: readonly unknown[]) {
      const text = queries.text(name);
      // On a new connection the statement would run outside of the transaction.
      if (state.isOver || !state.isConnected()) throw unavailable(new Error('the transaction has ended'));
      try {
        return await run<Row>(pooled, text, params);
      } catch (error) {
        state.failure ??= error;
        throw error;
      }
    },
    transaction: (work) => work(database),
    close: async () => undefined,
  };
  return database;
}
