import type { Instrumentation } from '../../observe/instrumentation.ts';
import type { Database } from './database.ts';

/**
 * The same database, with `instrumentation` around every query, also those of transactions.
 * @param onFailure told what each transaction failed with: one that finds no connection never comes to a query
 */
export function observeDatabase(
  database: Database,
  instrumentation: Instrumentation,
  onFailure: (error: unknown) => void = () => undefined,
): Database {
  return {
    query: (name, params) => instrumentation(name, () => database.query(name, params)),
    async transaction(work) {
      try {
        return await database.transaction((tx) => work(observeDatabase(tx, instrumentation)));
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    close: () => database.close(),
  };
}
