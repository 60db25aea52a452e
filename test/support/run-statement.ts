import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { queries, silentLog, type TestStores } from './stores.ts';

/** Runs a statement that the application does not contain, for example to add many rows at once. @returns its rows */
export async function runStatement<Row extends object>(
  { url, config, name }: TestStores,
  statement: string,
): Promise<Row[]> {
  const only = { ...queries, text: () => statement };
  const database = createDatabase({
    url,
    config,
    queries: only,
    log: silentLog,
    embedded: name === 'embedded',
  });
  try {
    return await database.query<Row>('test/statement');
  } finally {
    await database.close();
  }
}
