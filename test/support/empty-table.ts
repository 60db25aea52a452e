import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import type { Queries, QueryName } from '../../app/store/postgres/queries.ts';
import { createStore, type SystemStore } from '../../app/store/store.ts';
import { queries, silentLog, type TestStores } from './stores.ts';

const rollback = new Error('the test is over');

/** Locks the table against every other writer, and empties it. */
function emptying(table: string): Queries {
  const statements: Readonly<Record<QueryName, string>> = {
    'test/lock': `lock table ${table} in exclusive mode`,
    'test/empty': `delete from ${table}`,
  };
  return { ...queries, text: (name) => statements[name] ?? queries.text(name) };
}

/**
 * Runs `work` in a transaction in which the table is empty and nobody else writes to it, and rolls the transaction
 * back. A test that counts the rows of a whole table needs it: rows of other tests expire and end at any time.
 */
export async function onEmptyTable(
  { url, config, name }: TestStores,
  table: 'sessions' | 'user_roles' | 'maintenance',
  work: (within: SystemStore) => Promise<void>,
): Promise<void> {
  const embedded = name === 'embedded';
  const database = createDatabase({ url, config, queries: emptying(table), log: silentLog, embedded });
  try {
    await database.transaction(async (tx) => {
      await tx.query('test/lock');
      await tx.query('test/empty');
      await work(createStore(tx));
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  } finally {
    await database.close();
  }
}
