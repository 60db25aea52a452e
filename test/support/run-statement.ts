import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { queries, silentLog, type TestStores } from './stores.ts';

/** Runs a statement that the application does not contain, for example to add many rows at once. */
export async function runStatement({ url, config, name }: TestStores, statement: string): Promise<void> {
  const only = { ...queries, text: () => statement };
  const database = createDatabase({
    url,
    config,
    queries: only,
    log: silentLog,
    embedded: name === 'embedded',
  });
  try {
    await database.query('test/statement');
  } finally {
    await database.close();
  }
}
