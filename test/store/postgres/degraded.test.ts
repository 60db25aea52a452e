import { expect } from 'chai';
import postgres from 'postgres';
import { parseConfig } from '../../../app/config/config.ts';
import { createMetrics, type Metrics } from '../../../app/observe/metrics.ts';
import { isWriteQuery } from '../../../app/observe/outcome-listeners.ts';
import { createStoreObserver } from '../../../app/observe/store-observer.ts';
import { openStores, type Stores } from '../../../app/open-stores.ts';
import { errorCode } from '../../../app/store/postgres/errors.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createStore } from '../../../app/store/store.ts';
import { series } from '../../support/exposition.ts';
import { codeOf } from '../../support/rows.ts';
import { runOn } from '../../support/servers.ts';
import { createScratchDatabase, onRealStore, queries, silentLog } from '../../support/stores.ts';
import { queryArguments } from './query-arguments.ts';

const nowhere = 'postgresql://postgres@127.0.0.1:1/postgres?sslmode=disable';

async function withStores(
  urls: { primary: string; replica?: string },
  use: (stores: Stores, metrics: Metrics) => Promise<void>,
): Promise<void> {
  const metrics = createMetrics('test');
  const config = parseConfig({
    ENV: 'test',
    DB_PRIMARY_DB_URL: urls.primary,
    ...(urls.replica && { DB_REPLICA_DB_URL: urls.replica }),
  });
  const stores = await openStores(config, silentLog, createStoreObserver(metrics));
  try {
    await use(stores, metrics);
  } finally {
    await stores.close();
  }
}

const degraded = async (metrics: Metrics) =>
  (await series(metrics)).get('auth_degraded{dependency="postgres"}');

describe('a Postgres that is away', () => {
  it('is reported by the first query', async () => {
    await withStores({ primary: nowhere }, async ({ database }, metrics) => {
      expect(await degraded(metrics)).to.equal(0);
      expect(await database.query('health/ping').catch(codeOf)).to.equal('service_unavailable');
      expect(await degraded(metrics)).to.equal(1);
    });
  });

  it('is reported by a transaction that fails before its first query', async () => {
    await withStores({ primary: nowhere }, async ({ database }, metrics) => {
      const refused = database.transaction(async () => expect.fail('there is nothing to work on'));
      expect(await refused.catch(codeOf)).to.equal('service_unavailable');
      expect(await degraded(metrics)).to.equal(1);
    });
  });
});

onRealStore('a degraded Postgres', (stores) => {
  let url: string;
  let drop: () => Promise<void>;
  before(async () => {
    const scratch = await createScratchDatabase();
    drop = scratch.drop;
    url = `${scratch.url()}?sslmode=disable`;
    await migrate({ target: { url: () => url, sslMode: 'disable', caFile: undefined }, log: silentLog });
  });
  after(() => drop());

  it('is not reported when only the replica is away', async () => {
    await withStores(
      { primary: stores().url(), replica: nowhere },
      async ({ replica, database }, metrics) => {
        await replica.query('health/ping');
        expect(await degraded(metrics)).to.equal(0);
        await database.query('health/ping');
      },
    );
  });

  it('that is read-only stays degraded until a write succeeds', async () => {
    const name = new URL(url).pathname.slice(1);
    const readOnly = (value: string) => `begin read write;
      alter database ${name} set default_transaction_read_only = ${value};
      commit`;
    await withStores({ primary: url }, async ({ database }, metrics) => {
      const { maintenance, users } = createStore(database);
      await runOn(url, readOnly('on'));
      expect(await maintenance.record('purge').catch(codeOf)).to.equal('service_unavailable');
      expect(await degraded(metrics)).to.equal(1);
      await database.query('health/ping');
      await users.findByEmail('nobody@example.com');
      expect(await degraded(metrics)).to.equal(1);
      await runOn(url, readOnly('off'));
      // The connection of the reads is as old as the trouble: a refusal is what ends it.
      await maintenance.record('purge').catch(() => maintenance.record('purge'));
      expect(await degraded(metrics)).to.equal(0);
    });
  });

  it('rejects exactly the queries that write or lock when it is read-only', async () => {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
    const refused: string[] = [];
    // Nothing is left to create afterwards.
    await sql.unsafe(queries.text('login_histories/create_partitions'), [12]);
    for (const name of queries.names) {
      const values = queryArguments[name] ?? [];
      await sql.unsafe('deallocate all');
      await sql.unsafe(`prepare asked as ${queries.text(name)}`);
      await sql.unsafe('begin read only');
      const code = await sql
        .unsafe(`execute asked${values.length > 0 ? ` (${values.join(', ')})` : ''}`)
        .then(() => '', errorCode);
      await sql.unsafe('rollback');
      if (code === '25006') refused.push(name);
    }
    await sql.end();
    const locking = ['roles/find_by_names', 'roles/find_for_update', 'users/find_by_id_for_update'];
    const writing = queries.names.filter((name) => isWriteQuery(name));
    expect(refused.sort()).to.deep.equal([...writing, ...locking].sort());
  });
});
