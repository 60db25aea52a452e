import type { Watch } from '../observe/watch.ts';
import type { Database } from './database.ts';

/** The same database, with `watch` around every query, also those of transactions. */
export function observeDatabase(database: Database, watch: Watch): Database {
  return {
    query: (name, params) => watch(name, () => database.query(name, params)),
    transaction: (work) => database.transaction((tx) => work(observeDatabase(tx, watch))),
    close: () => database.close(),
  };
}
