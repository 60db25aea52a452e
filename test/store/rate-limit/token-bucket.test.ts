import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createTokenBucket, type TokenBucket } from '../../../app/store/rate-limit/token-bucket.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { onEachStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

const hour = 3_600_000;
const bucket = { name: 'tried', burst: 4, interval: hour };

/** The number of allowed attempts before the first refused one. */
async function granted(tried: TokenBucket, key: string): Promise<number> {
  for (let n = 0; n < 100; n += 1) if (!(await tried.consume(key)).allowed) return n;
  return 100;
}

onEachStore('A token bucket', (stores) => {
  const create = (interval = hour) => createTokenBucket(stores().redis, { ...bucket, interval });

  it('allows its burst, and then returns the time until the next attempt', async () => {
    const [tried, key] = [create(), randomUUID()];
    expect(await granted(tried, key)).to.equal(4);
    const { allowed, limit, resetIn } = await tried.consume(key);
    expect([allowed, limit]).to.deep.equal([false, 4]);
    expect(resetIn).to.be.within(hour - 60_000, hour);
    expect(await granted(tried, randomUUID())).to.equal(4);
  });

  it('allows one more attempt after each interval', async () => {
    const [tried, key] = [create(100), randomUUID()];
    const start = performance.now();
    let allowed = 0;
    await until(async () => {
      if ((await tried.consume(key)).allowed) allowed += 1;
      return allowed === 7;
    });
    // Three more than the burst; the clocks of Redis and of the test may differ by a few milliseconds.
    expect(performance.now() - start).to.be.greaterThan(290);
  });

  it('allows no more than its burst to simultaneous attempts', async () => {
    const [tried, key] = [create(), randomUUID()];
    const results = await Promise.all(Array.from({ length: 20 }, () => tried.consume(key)));
    expect(results.filter(({ allowed }) => allowed)).to.have.length(4);
  });

  it('reports the first refusal since it was full, once', async () => {
    const [tried, key] = [create(), randomUUID()];
    const results = [];
    for (let n = 0; n < 7; n += 1) results.push(await tried.consume(key));
    expect(results.map(({ isFirstRefusal }) => isFirstRefusal).indexOf(true)).to.equal(4);
    expect(results.filter(({ isFirstRefusal }) => isFirstRefusal)).to.have.length(1);
    await results[0]?.refund();
    await tried.consume(key);
    expect((await tried.consume(key)).isFirstRefusal).to.equal(false);
    await tried.reset(key);
    await granted(tried, key);
    expect((await tried.consume(key)).isFirstRefusal).to.equal(false);
  });

  it('returns a refunded attempt, and is full again after all were refunded', async () => {
    const [tried, key] = [create(), randomUUID()];
    const results = await Promise.all(Array.from({ length: 4 }, () => tried.consume(key)));
    await results[2]?.refund();
    expect(await granted(tried, key)).to.equal(1);
    const other = randomUUID();
    for (let n = 0; n < 9; n += 1) await (await tried.consume(other)).refund();
    expect(await granted(tried, other)).to.equal(4);
  });

  it('returns no attempt of before a reset', async () => {
    const [tried, key] = [create(), randomUUID()];
    const before = await tried.consume(key);
    await tried.reset(key);
    expect(await granted(tried, key)).to.equal(4);
    await before.refund();
    expect(await granted(tried, key)).to.equal(0);
  });
});

describe('A token bucket without Redis', () => {
  let redis: RedisClient;
  before(async () => {
    redis = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });
  });
  after(() => redis.close());

  it('grants a quarter, and returns it after four times the interval', async () => {
    const tried = createTokenBucket(redis, { ...bucket, burst: 10 });
    const key = randomUUID();
    expect(await granted(tried, key)).to.equal(3);
    const { limit, resetIn } = await tried.consume(key);
    expect(limit).to.equal(3);
    expect(resetIn).to.be.within(4 * hour - 60_000, 4 * hour);
  });

  it('refuses new keys when its memory is full', async () => {
    const tried = createTokenBucket(redis, bucket, 1);
    await tried.consume('first');
    const { allowed, isFirstRefusal, resetIn } = await tried.consume('second');
    expect([allowed, isFirstRefusal]).to.deep.equal([false, false]);
    expect(resetIn).to.equal(60_000);
  });
});
