import { expect } from 'chai';
import { createActiveSessionCount } from '../../app/jobs/count-active-sessions.ts';
import { createMetrics } from '../../app/observe/metrics.ts';
import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import type { RedisClient } from '../../app/store/redis/redis-client.ts';
import { createStore } from '../../app/store/store.ts';
import { startApp } from '../support/app.ts';
import { series } from '../support/exposition.ts';
import { loggedIn } from '../support/people.ts';
import { onEachStore, silentLog } from '../support/stores.ts';

onEachStore('the census', (stores) => {
  function replica(redis: RedisClient) {
    const metrics = createMetrics('test');
    const store = createStore(stores().database);
    const take = createActiveSessionCount({ store, redis, metrics, log: silentLog });
    const read = async (name: string) => (await series(metrics)).get(name);
    return { take, read };
  }

  it('is taken by one replica; the others show nothing that could grow old', async () => {
    const app = await startApp(stores());
    await loggedIn(app);
    await app.close();
    const redis = createInMemoryRedis();
    const [first, second] = [replica(redis), replica(redis)];
    await first.take();
    await second.take();
    expect(await first.read('auth_active_sessions')).to.be.at.least(1);
    expect(await second.read('auth_active_sessions')).to.equal(0);
  });

  it('is taken by every replica while Redis is away', async () => {
    const away = { ...createInMemoryRedis(), acquireLease: () => Promise.reject(new Error('Redis is away')) };
    const alone = replica(away);
    await alone.take();
    expect(await alone.read('auth_active_sessions')).to.be.a('number');
  });

  it('tells how long ago the purge ran, and since when it never has', async () => {
    const { take, read } = replica(createInMemoryRedis());
    await take();
    const sinceMigration = (await read('auth_purge_lag_seconds')) ?? Number.NaN;
    await createStore(stores().database).maintenance.record('purge');
    await take();
    expect(await read('auth_purge_lag_seconds'))
      .to.be.at.most(sinceMigration)
      .and.at.least(0);
  });

  it('leaves out what Postgres does not tell, and fails nobody', async () => {
    const metrics = createMetrics('test');
    const store = createStore({
      query: () => Promise.reject(new Error('Postgres is away')),
      transaction: () => Promise.reject(new Error('Postgres is away')),
      close: async () => undefined,
    });
    await createActiveSessionCount({ store, redis: createInMemoryRedis(), metrics, log: silentLog })();
    expect((await series(metrics)).has('auth_purge_lag_seconds')).to.equal(false);
  });
});
