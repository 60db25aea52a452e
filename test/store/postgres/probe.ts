import { fileURLToPath } from 'node:url';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { loadQueries } from '../../../app/store/postgres/queries.ts';
import { silentLog, type TestStores } from '../../support/stores.ts';

/** Queries for tests, which wait, fail or end a connection. */
export const probes = loadQueries(fileURLToPath(new URL('./sql', import.meta.url)));

export interface Echo {
  readonly saidIt: string;
  readonly backendPid: number;
}

/** A separate database client for these stores, with the probes as queries. */
export function probe(
  stores: TestStores,
  fields: Partial<TestStores['config']> = {},
  url = stores.url,
): Database {
  const config = { ...stores.config, ...fields };
  return createDatabase({
    url,
    config,
    queries: probes,
    log: silentLog,
    embedded: stores.name === 'embedded',
  });
}

/** Runs `use` with the database, and closes it in any case. */
export async function using<T>(database: Database, use: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
