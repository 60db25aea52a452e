import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import type { QueryName } from '../../app/store/postgres/queries.ts';
import { queries, silentLog, type TestStores } from './stores.ts';

/** Runs statements that the application does not contain, on connections of their own. */
export function openStatements({ directUrl: url, config, name }: TestStores) {
  const database = createDatabase({
    url,
    config,
    queries: { ...queries, text: (name) => name },
    log: silentLog,
    embedded: name === 'embedded',
  });
  return {
    /** Columns in snake_case become fields in camelCase. */
    run<Row extends object>(statement: string, params: readonly unknown[] = []): Promise<Row[]> {
      // reason: with the queries above, the name of a query is its text.
      return database.query<Row>(statement as QueryName, params);
    },
    close: () => database.close(),
  };
}

/** Runs a statement that the application does not contain, for example to add many rows at once. @returns its rows */
export async function runStatement<Row extends object>(
  stores: TestStores,
  statement: string,
): Promise<Row[]> {
  const { run, close } = openStatements(stores);
  try {
    return await run<Row>(statement);
  } finally {
    await close();
  }
}
