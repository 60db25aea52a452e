import { expect } from 'chai';
import postgres from 'postgres';
import { parseConfig } from '../../app/config/config.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import type { ServerProfile } from '../../app/store/postgres/server-profile.ts';
import { probes, using } from '../store/postgres/probe.ts';
import { codeOf } from '../support/rows.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { type PgBouncer, startPgBouncer } from './servers/pgbouncer.ts';

const size = 5;

onRealStore('Deadlines behind PgBouncer', (stores) => {
  let pooler: PgBouncer | undefined;
  afterEach(() => pooler?.stop());

  /** Keeps a table locked while `use` runs, and passes a function that counts the backends that wait for it. */
  async function withLockedTable(use: (countWaiting: () => Promise<number>) => Promise<void>): Promise<void> {
    const sql = postgres(stores().url(), { max: 2, onnotice: () => undefined });
    const countWaiting = async (): Promise<number> => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::integer as count
        from pg_stat_activity
        where datname = current_database()
          and wait_event_type = 'Lock'`;
      return row?.count ?? 0;
    };
    try {
      await sql`create table if not exists probe_locked (id integer)`;
      await sql.begin(async (tx) => {
        await tx`lock table probe_locked`;
        await use(countWaiting);
      });
    } finally {
      await sql.end();
    }
  }

  async function open(poolMode: 'session' | 'transaction', profile?: ServerProfile) {
    pooler = await startPgBouncer({ poolMode, poolSize: 6 * size, target: stores().url() });
    const { url } = pooler;
    const env = { DB_TIMEOUT: '1s', DB_POOL_MAX: String(size), DB_PRIMARY_DB_URL: url };
    const config = parseConfig(env).database;
    return createDatabase({ url: () => url, config, queries: probes, log: silentLog, profile });
  }

  // The role has no deadline, whatever this profile says, so only the cancel requests of the client end the queries.
  const withoutDeadline = { pooling: 'transaction', keepsStatements: false, settings: 'role' } as const;
  const cases = [
    ['session', 'by the deadline of the server', undefined],
    ['session', 'by cancel requests', withoutDeadline],
    ['transaction', 'by the deadline of the server', undefined],
    ['transaction', 'by cancel requests', withoutDeadline],
  ] as const;

  for (const [poolMode, how, profile] of cases) {
    it(`end queries ${how} in ${poolMode} mode, so that backends do not pile up`, async function () {
      this.timeout(60_000);
      const database = await open(poolMode, profile);
      const isServed = () =>
        database.query('probe/echo', ['x']).then(
          () => true,
          () => false,
        );
      const read = () => database.query('probe/read_locked', [1]);
      const readInTransaction = () => database.transaction((tx) => tx.query('probe/read_locked', [1]));
      await using(database, () =>
        withLockedTable(async (countWaiting) => {
          let most = 0;
          for (let wave = 1; wave <= 3; wave += 1) {
            await until(isServed);
            const reads = Array.from({ length: size }, () => [read(), readInTransaction()]).flat();
            const refused = await Promise.all(reads.map((reading) => reading.catch(codeOf)));
            expect(new Set(refused)).to.deep.equal(new Set(['service_unavailable']));
            most = Math.max(most, await countWaiting());
          }
          // The queries of one wave may be in the middle of their cancellation.
          expect(most).to.be.at.most(size);
          await until(async () => (await countWaiting()) === 0);
        }),
      );
    });
  }
});
