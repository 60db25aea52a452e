import type { Stores } from '../../app/open-stores.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import type { QueryName } from '../../app/store/postgres/queries.ts';

export interface Interleaving {
  /** Runs `work` once: after the next `query` outside of a transaction, and before its caller receives the rows. */
  after(query: QueryName, work: () => Promise<unknown>): void;
  /** Runs `work` once, before the next transaction begins. */
  beforeTransaction(work: () => Promise<unknown>): void;
}

/** The same stores. A test can run other work between two steps of a request. */
export function withInterleaving(stores: Stores): { stores: Stores; interleaving: Interleaving } {
  const planned = new Map<QueryName, () => Promise<unknown>>();
  let first: (() => Promise<unknown>) | undefined;
  const { database } = stores;
  return {
    interleaving: {
      after: (query, work) => void planned.set(query, work),
      beforeTransaction: (work) => {
        first = work;
      },
    },
    stores: {
      ...stores,
      database: {
        ...database,
        async query<Row extends object>(name: QueryName, params?: readonly unknown[]): Promise<Row[]> {
          const rows = await database.query<Row>(name, params);
          const work = planned.get(name);
          planned.delete(name);
          await work?.();
          return rows;
        },
        async transaction<T>(work: (tx: Database) => Promise<T>): Promise<T> {
          const before = first;
          first = undefined;
          await before?.();
          return database.transaction(work);
        },
      },
    },
  };
}
