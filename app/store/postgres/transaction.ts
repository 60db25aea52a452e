import type { Slot } from './connection-pool.ts';
import type { Database } from './database.ts';
import { unavailable } from './errors.ts';
import type { Queries, QueryName } from './queries.ts';

interface Means {
  readonly slot: Slot;
  readonly queries: Queries;
  run<Row>(slot: Slot, text: string, params?: readonly unknown[]): Promise<Row[]>;
  discard(slot: Slot): void;
}

/** The database as the work of a transaction sees it, and what became of it there. */
function createView({ slot, queries, run }: Means, isAlive: () => boolean) {
  const state: { over: boolean; failure?: unknown } = { over: false };
  const view: Database = {
    async query<Row extends object>(name: QueryName, params?: readonly unknown[]) {
      const text = queries.text(name);
      // On a new connection the statement would run outside of the transaction.
      if (state.over || !isAlive()) throw unavailable(new Error('the transaction is over'));
      try {
        return await run<Row>(slot, text, params);
      } catch (error) {
        state.failure ??= error;
        throw error;
      }
    },
    transaction: (work) => work(view),
    close: async () => undefined,
  };
  return { view, state };
}

/**
 * Runs `work` between begin and commit on the slot's connection, which nobody else uses meanwhile.
 * @throws whatever the work throws, or the first statement that failed, even when the work made light of it
 */
export async function runTransaction<T>(means: Means, work: (tx: Database) => Promise<T>): Promise<T> {
  const { slot, run, discard } = means;
  await run(slot, 'begin');
  const { losses } = slot;
  const isAlive = (): boolean => !slot.dead && slot.losses === losses;
  const { view, state } = createView(means, isAlive);
  try {
    const result = await work(view);
    // Postgres answers `commit` after a failed statement with a rollback, and no error.
    if (state.failure) throw state.failure;
    if (!isAlive()) throw unavailable(new Error('the connection was lost in a transaction'));
    await run(slot, 'commit');
    return result;
  } catch (error) {
    if (isAlive()) await run(slot, 'rollback').catch(() => discard(slot));
    throw error;
  } finally {
    state.over = true;
  }
}
