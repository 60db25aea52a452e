import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import type { Database } from '../../app/store/postgres/database.ts';
import { migrate } from '../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import type { QueryName } from '../../app/store/postgres/queries.ts';
import { startApp, type TestApp } from './app.ts';
import { runOn } from './servers.ts';
import { createScratchDatabase, queries, silentLog, type TestStores } from './stores.ts';

/** An application with a scratch database and a few connections of its own. */
export interface OwnDatabase {
  readonly app: TestApp;
  readonly database: Database;
  readonly url: () => string;
  /** Runs a statement that the application does not contain, on a connection of the application. */
  run<Row extends object>(statement: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Opens the database again, so that settings of the database and the role apply, and starts another application. */
  reopen(): Promise<OwnDatabase>;
  close(): Promise<void>;
}

/** A name with a space is the text of a statement. */
const withStatements: typeof queries = {
  ...queries,
  text: (name) => (name.includes(' ') ? name : queries.text(name)),
};

/** @param url of a database with all migrations, which may be that of a pooler */
export async function openOn(url: () => string, config: TestStores['config']): Promise<OwnDatabase> {
  const database = createDatabase({ url, config, queries: withStatements, log: silentLog });
  const stores = { database, replica: database, redis: createInMemoryRedis(), embedded: [] };
  const app = await startApp({ ...stores, close: async () => undefined });
  const close = async (): Promise<void> => {
    await app.close();
    await database.close();
  };
  return {
    app,
    database,
    url,
    // reason: with the queries above, the name of a query may be its text.
    run: (statement, params) => database.query(statement as QueryName, params),
    reopen: async () => {
      await close();
      return openOn(url, config);
    },
    close,
  };
}

/**
 * @param options.template how to create the database, for example its collation
 * @param options.before statements for the new database, before its migrations; they get its name
 * @param options.connections the size of the connection pool
 */
export async function openOwnDatabase(
  config: TestStores['config'],
  options: {
    template?: string;
    before?: (database: string) => readonly string[];
    connections?: number;
  } = {},
): Promise<OwnDatabase & { drop(): Promise<void> }> {
  const { template, before = () => [], connections = 1 } = options;
  const { url, drop } = await createScratchDatabase(template);
  const statements = before(new URL(url()).pathname.slice(1));
  // In one session: a later one would already have the settings, among them a timeout that a busy machine exceeds.
  if (statements.length > 0) await runOn(url(), statements.join(';\n'));
  await migrate({ target: { url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  return { ...(await openOn(url, { ...config, poolMax: connections })), drop };
}
