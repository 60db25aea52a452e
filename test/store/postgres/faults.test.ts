import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import type { PoolState } from '../../../app/observe/store-observer.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import type { ServerProfile } from '../../../app/store/postgres/server-profile.ts';
import { startProxy } from '../../support/frozen-proxy.ts';
import { codeOf } from '../../support/rows.ts';
import { onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { type Echo, probe, probes, using } from './probe.ts';

/** The server has no deadline, because the role has none either, whatever the profile says. */
const withoutDeadlines: ServerProfile = { pooling: 'transaction', keepsStatements: false, settings: 'role' };

onRealStore('database under faults', (stores) => {
  const busyBackends = async (database: Database): Promise<number> => {
    const [row] = await database.query<{ backends: number }>('probe/count_backends');
    return row?.backends ?? 0;
  };

  /** Waits until the server has cancelled the queries, which it does between two steps of a query. */
  async function untilIdle(database: Database): Promise<void> {
    await until(async () => (await busyBackends(database)) === 0);
  }

  /** After an outage calls fail until a probe is answered. */
  const untilAnswered = (database: Database) =>
    until(async () => (await database.query('probe/echo', ['x']).catch(codeOf)) !== 'service_unavailable');

  it('ends a query at the deadline, on the server too', async () => {
    await using(probe(stores(), { timeout: 400 }), async (database) => {
      const refused = await database.query('probe/sleep', [60]).catch((caught) => caught);
      expect(refused).to.be.instanceOf(AppError);
      expect(refused).to.include({ code: 'service_unavailable', retryAfter: 1 });
      await using(probe(stores()), untilIdle);
      await untilAnswered(database);
    });
  });

  it('cancels a query for which the server has no deadline, as behind PgBouncer', async () => {
    const config = { ...stores().config, timeout: 400 };
    const { url } = stores();
    await using(
      createDatabase({ url, config, profile: withoutDeadlines, queries: probes, log: silentLog }),
      async (database) => {
        expect(await database.query('probe/sleep', [60]).catch(codeOf)).to.equal('service_unavailable');
        await using(probe(stores()), untilIdle);
      },
    );
  });

  it('applies one deadline to a whole transaction, however short its statements are', async () => {
    await using(probe(stores(), { timeout: 400 }), async (database) => {
      let statements = 0;
      const refused = database.transaction(async (tx) => {
        for (; statements < 100; statements += 1) await tx.query('probe/sleep', [0.1]);
      });
      expect(await refused.catch(codeOf)).to.equal('service_unavailable');
      expect(statements).to.be.below(100);
      await using(probe(stores()), untilIdle);
    });
  });

  it('includes the time until a connection is free in the deadline', async () => {
    await using(probe(stores(), { timeout: 400, poolMax: 1 }), async (database) => {
      const queries = Array.from({ length: 5 }, () => database.query('probe/sleep', [60]).catch(codeOf));
      expect(new Set(await Promise.all(queries))).to.deep.equal(new Set(['service_unavailable']));
      await untilAnswered(database);
    });
  });

  it('rolls a transaction back when its connection is lost, and works afterwards', async () => {
    await using(probe(stores()), async (database) => {
      const lost = database.transaction(async (tx) => {
        const [row] = await tx.query<Echo>('probe/echo', ['first']);
        await database.query('probe/kill', [row?.backendPid]);
        await tx.query('probe/sleep', [0.1]).catch(() => undefined);
        await tx.query('probe/echo', ['on a new connection?']);
      });
      expect(await lost.catch(codeOf)).to.equal('service_unavailable');
      expect(await database.query('probe/echo', ['next'])).to.have.lengthOf(1);
    });
  });

  it('reconnects after its idle connection was closed', async () => {
    await using(probe(stores(), { poolMax: 1 }), async (database) => {
      const [row] = await database.query<Echo>('probe/echo', ['first']);
      // A pooler could give the killer the same backend.
      const killer = probe(stores(), {}, stores().directUrl);
      await using(killer, (other) => other.query('probe/kill', [row?.backendPid]));
      // The server ends the connection at some later time. A query that loses it fails, because it may have run.
      const again = () => database.query<Echo>('probe/echo', ['second']).catch(() => [row]);
      await until(async () => (await again())[0]?.backendPid !== row?.backendPid);
    });
  });

  /** A database behind a proxy that can freeze. */
  async function throughProxy(
    use: (
      database: Database,
      proxy: Awaited<ReturnType<typeof startProxy>>,
      pool: () => PoolState,
    ) => Promise<void>,
    options: { poolMax?: number; profile?: ServerProfile } = {},
  ): Promise<void> {
    const { poolMax = 2, profile } = options;
    const url = new URL(stores().url());
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    let pool = (): PoolState => expect.fail('the pool does not report its state');
    const database = createDatabase({
      url: () => url.href,
      config: { ...stores().config, timeout: 400, poolMax },
      queries: probes,
      log: silentLog,
      ...(profile ? { profile } : {}),
      onPool: (state) => {
        pool = state;
      },
    });
    await using(database, () => use(database, proxy, pool)).finally(proxy.close);
  }

  it('cancels a query that reaches the server after the first request to cancel it', async () => {
    await throughProxy(
      async (database, proxy) => {
        const [row] = await database.query<Echo>('probe/echo', ['x']);
        const closed = proxy.closed();
        proxy.forget();
        expect(await database.query('probe/sleep_minute').catch(codeOf)).to.equal('service_unavailable');
        await until(() => proxy.closed() > closed);
        proxy.thaw();
        await using(probe(stores()), (other) =>
          until(async () => {
            const [found] = await other.query<{ backends: number }>('probe/count_backend', [row?.backendPid]);
            return found?.backends === 0;
          }),
        );
      },
      { poolMax: 1, profile: withoutDeadlines },
    );
  });

  it('survives a frozen server: every query ends at the deadline, and no connection is lost', async () => {
    await throughProxy(async (database, proxy) => {
      const ask = () => database.query('probe/echo', ['x']).then(() => 'answered', codeOf);
      const askAll = async () => new Set(await Promise.all(Array.from({ length: 6 }, ask)));
      const isServed = async () => String([...(await askAll())]) === 'answered';
      await until(isServed);
      proxy.freeze();
      for (const round of [1, 2]) {
        expect(await askAll(), `round ${round}`).to.deep.equal(new Set(['service_unavailable']));
      }
      const stuck = database.transaction((tx) => tx.query('probe/echo', ['x']));
      expect(await stuck.catch(codeOf)).to.equal('service_unavailable');
      proxy.thaw();
      await until(isServed);
    });
  });

  it('lets one caller wait for a frozen server, and rejects the next at once', async () => {
    await throughProxy(async (database, proxy) => {
      await untilAnswered(database);
      proxy.freeze();
      const causeOf = ({ cause }: { cause: Error }) => cause.message;
      const query = () => database.query('probe/echo', ['x']).catch(causeOf);
      expect(await query()).to.equal('Postgres did not answer within 400 ms');
      expect(await query()).to.equal('Postgres does not answer');
      expect(await database.transaction(query).catch(causeOf)).to.equal('Postgres does not answer');
      proxy.thaw();
      await untilAnswered(database);
    });
  });

  it('does not use the other connections once a firewall has dropped one silently', async () => {
    await throughProxy(
      async (database, proxy, pool) => {
        const ask = () => database.query('probe/echo', ['x']).catch(codeOf);
        await until(async () => {
          await Promise.all([ask(), ask(), ask()]);
          return pool().idle === 3;
        });
        proxy.forget();
        expect(await ask()).to.equal('service_unavailable');
        // The probe of the circuit breaker uses one connection. None of the others is left.
        expect(pool()).to.include({ idle: 0 });
        await untilAnswered(database);
      },
      { poolMax: 3 },
    );
  });

  it('uses a rotated password without a restart', async () => {
    const wrong = new URL(stores().url());
    wrong.username = 'nobody-of-that-name';
    let url = wrong.href;
    await using(
      probe(stores(), { poolMax: 1 }, () => url),
      async (database) => {
        expect(await database.query('probe/echo', ['x']).catch(codeOf)).to.equal('service_unavailable');
        url = stores().url();
        await untilAnswered(database);
      },
    );
  });
});
