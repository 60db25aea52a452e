import { expect } from 'chai';
import { createActiveSessionCount } from '../../app/jobs/count-active-sessions.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import type { RedisClient } from '../../app/store/redis/redis-client.ts';
import { createStore } from '../../app/store/store.ts';
import { startApp } from '../support/app.ts';
import { useMonotonicClock } from '../support/clock.ts';
import { onEmptyTable } from '../support/empty-table.ts';
import { series } from '../support/exposition.ts';
import { onOneStore, silentLog } from '../support/stores.ts';
import { logInNewUser } from '../support/users.ts';

onOneStore('the count of active sessions', (stores) => {
  useMonotonicClock({ isFrozen: true });

  function replica(redis: RedisClient, store = createStore(stores().database)) {
    const metrics = createMetrics('test');
    const count = createActiveSessionCount({ store, redis, metrics, log: silentLog });
    const read = async (name: string) => (await series(metrics)).get(name);
    return { count, read };
  }

  it('is made by the replica with the lease; the others report 0, which cannot be out of date', async () => {
    const app = await startApp(stores());
    await logInNewUser(app);
    await app.close();
    const redis = createInMemoryRedis();
    const [first, second] = [replica(redis), replica(redis)];
    await first.count();
    await second.count();
    expect(await first.read('auth_active_sessions')).to.be.at.least(1);
    expect(await second.read('auth_active_sessions')).to.equal(0);
  });

  it('is made by every replica while Redis is unavailable', async () => {
    const away = { ...createInMemoryRedis(), acquireLease: () => Promise.reject(new Error('Redis is away')) };
    const alone = replica(away);
    await alone.count();
    expect(await alone.read('auth_active_sessions')).to.be.a('number');
  });

  it('reports how long ago the purge ran, or the first migration if it never ran', async () => {
    // Time stands still in a transaction, and in this process too.
    await onEmptyTable(stores(), 'maintenance', async (store) => {
      const { count, read } = replica(createInMemoryRedis(), store);
      await count();
      expect(await read('auth_last_purge_age_seconds')).to.be.greaterThan(0);
      await store.maintenance.record('purge');
      await count();
      // Postgres keeps the time of the run to the millisecond.
      expect(await read('auth_last_purge_age_seconds')).to.be.closeTo(0, 0.001);
    });
  });

  it('leaves the purge lag out while Postgres is unavailable, and does not throw', async () => {
    const metrics = createMetrics('test');
    const store = createStore({
      query: () => Promise.reject(new Error('Postgres is away')),
      transaction: () => Promise.reject(new Error('Postgres is away')),
      close: async () => undefined,
    });
    await createActiveSessionCount({ store, redis: createInMemoryRedis(), metrics, log: silentLog })();
    expect((await series(metrics)).has('auth_last_purge_age_seconds')).to.equal(false);
  });
});
