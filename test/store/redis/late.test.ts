import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { createStoreObserver } from '../../../app/observe/store-observer.ts';
import { createRateLimiter } from '../../../app/store/rate-limit/rate-limiter.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import { series } from '../../support/exposition.ts';
import { startProxy } from '../../support/frozen-proxy.ts';
import { onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

onRealStore('a Redis whose answers come too late', (stores) => {
  it('delays one command, and then commands fail at once until it answers in time', async function () {
    const redisUrl = stores().redisUrl;
    if (!redisUrl) return this.skip();
    const url = new URL(redisUrl());
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 6379) });
    url.host = `127.0.0.1:${proxy.port}`;
    const metrics = createMetrics('test');
    const observer = createStoreObserver(metrics);
    const memory = await createRedisClient({
      url: () => url.href,
      log: silentLog,
      keyPrefix: `auth-test-${randomUUID()}:`,
      observer,
    });
    try {
      const get = () => memory.get(['key']).then(String, (error: Error) => error.message);
      const shown = async () => {
        const seen = await series(metrics);
        return ['auth_degraded{dependency="redis"}', 'auth_redis_connected{connection="commands"}'].map(
          (name) => seen.get(name),
        );
      };
      await until(async () => (await get()) === '' && String(await shown()) === '0,1');
      proxy.delay(200);
      expect(await get()).to.equal('Command timed out');
      expect(await get()).to.equal('Redis does not answer in time');
      // A quarter of the budget: counted in memory.
      const limiter = createRateLimiter(memory, { name: 'late', points: 8, window: 60_000 });
      expect(await limiter.consume('somebody')).to.include({ allowed: true, limit: 2 });
      await until(async () => String(await shown()) === '1,0');
      proxy.delay(0);
      await until(async () => (await get()) === '');
      expect(await shown()).to.deep.equal([0, 1]);
    } finally {
      await memory.close();
      proxy.close();
    }
  });
});
