import type { Watch } from '../../observe/watch.ts';
import type { Database } from './database.ts';

/**
 * The same database, with `watch` around every query, those of transactions included.
 * @param onFailure called with the error of a transaction, which may fail before its first query
 */
export function instrumentDatabase(
  database: Database,
  watch: Watch,
  onFailure: (error: unknown) => void = () => undefined,
): Database {
  return {
    query: (name, params) => watch(name, () => database.query(name, params)),
    async transaction(work) {
      try {
        return await database.transaction((tx) => work(instrumentDatabase(tx, watch)));
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    close: () => database.close(),
  };
}
