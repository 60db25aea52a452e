import type { Stores } from '../../app/open-stores.ts';
import type { QueryName } from '../../app/store/postgres/queries.ts';

export interface Interlude {
  /** Runs `work` once, right after the next `query` that stands in no transaction, before its caller sees the rows. */
  after(query: QueryName, work: () => Promise<unknown>): void;
}

/** The same stores, where something else may happen between two steps of a request. */
export function withInterlude(stores: Stores): { stores: Stores; interlude: Interlude } {
  const planned = new Map<QueryName, () => Promise<unknown>>();
  const { database } = stores;
  return {
    interlude: { after: (query, work) => void planned.set(query, work) },
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
      },
    },
  };
}
