import type { Instrumentation } from '../../observe/instrumentation.ts';
import type { Database } from './database.ts';

/**
 * The same database, with `instrumentation` around every query, those of transactions included.
 * @param onFailure called with the error of a transaction, which may fail before its first query
 */
export function instrumentDatabase(
  database: Database,
  instrumentation: Instrumentation,
  onFailure: (error: unknown) => void = () => undefined,
): Database {
  return {
    query: (name, params) => instrumentation(name, () => database.query(name, params)),
    async transaction(work) {
      try {
        return await database.transaction((tx) => work(instrumentDatabase(tx, instrumentation)));
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    close: () => database.close(),
  };
}
