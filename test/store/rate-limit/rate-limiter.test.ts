import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createMemoryCounter } from '../../../app/store/rate-limit/memory-counter.ts';
import { createRateLimiter, type RateLimiter } from '../../../app/store/rate-limit/rate-limiter.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { onEachStore, onRealStore, silentLog } from '../../support/stores.ts';

const hour = 3_600_000;
const budget = { name: 'tried', points: 10, window: hour };

/** The number of allowed attempts before the first refused one. */
async function granted(limiter: RateLimiter, key: string): Promise<number> {
  for (let n = 0; n < 100; n += 1) if (!(await limiter.consume(key)).allowed) return n;
  return 100;
}

onEachStore('A rate limiter', (stores) => {
  const limiter = () => createRateLimiter(stores().redis, budget);

  it('grants the budget and returns what is left of it', async () => {
    const key = randomUUID();
    const { allowed, limit, consumed, remaining, resetIn } = await limiter().consume(key);
    expect([allowed, limit, consumed, remaining]).to.deep.equal([true, 10, 1, 9]);
    expect(resetIn).to.be.within(1, hour);
    expect(await granted(limiter(), randomUUID())).to.equal(10);
  });

  it('grants a refunded point once more', async () => {
    const tried = limiter();
    const key = randomUUID();
    const results = await Promise.all(Array.from({ length: 10 }, () => tried.consume(key)));
    await results[3]?.refund();
    await results[7]?.refund();
    expect(await granted(tried, key)).to.equal(2);
  });

  it('grants nothing for the refund of a refused attempt', async () => {
    const tried = limiter();
    const key = randomUUID();
    await granted(tried, key);
    await (await tried.consume(key)).refund();
    expect(await granted(tried, key)).to.equal(0);
  });

  it('grants no more than the budget after a late refund', async () => {
    const memory = createMemoryCounter();
    const tried = createRateLimiter(stores().redis, budget, memory);
    const key = randomUUID();
    const first = await tried.consume(key);
    await tried.reset(key);
    await first.refund();
    // A new window begins, longer than the first one.
    const longer = createRateLimiter(stores().redis, { ...budget, window: 2 * hour }, memory);
    expect((await longer.consume(key)).consumed).to.equal(1);
    await first.refund();
    expect(await granted(longer, key)).to.equal(9);
  });

  it('starts a full window after all points were refunded', async () => {
    const memory = createMemoryCounter();
    const longer = createRateLimiter(stores().redis, { ...budget, window: 2 * hour }, memory);
    const key = randomUUID();
    await (await createRateLimiter(stores().redis, budget, memory).consume(key)).refund();
    expect((await longer.consume(key)).resetIn).to.be.greaterThan(hour);
  });
});

describe('A rate limiter without Redis', () => {
  let redis: RedisClient;
  before(async () => {
    redis = await createRedisClient({ url: () => 'redis://127.0.0.1:1', log: silentLog });
  });
  after(() => redis.close());

  it('grants a quarter, and returns the limit that it applied', async () => {
    const tried = createRateLimiter(redis, { ...budget, points: 60 });
    const key = randomUUID();
    const first = await tried.consume(key);
    expect([first.limit, first.remaining]).to.deep.equal([15, 14]);
    expect(await granted(tried, key)).to.equal(14);
    const refused = await tried.consume(key);
    expect([refused.allowed, refused.limit, refused.remaining]).to.deep.equal([false, 15, 0]);
  });

  it('refunds what it counted', async () => {
    const tried = createRateLimiter(redis, budget);
    const key = randomUUID();
    for (let n = 0; n < 20; n += 1) await (await tried.consume(key)).refund();
    expect(await granted(tried, key)).to.equal(3);
  });

  it('refuses new keys when its memory is full, and keeps the counts of old keys', async () => {
    const tried = createRateLimiter(redis, budget, createMemoryCounter(2));
    await granted(tried, 'spent');
    await tried.consume('other');
    const refused = await tried.consume('new');
    expect([refused.allowed, refused.remaining, refused.consumed]).to.deep.equal([false, 0, 0]);
    expect(refused.resetIn).to.be.within(1, hour);
    expect(await granted(tried, 'spent')).to.equal(0);
    expect((await tried.consume('other')).allowed).to.equal(true);
  });
});

onRealStore('A rate limiter that loses Redis', (stores) => {
  it('refunds no point of Redis to its memory', async function () {
    const url = stores().redisUrl;
    if (!url) this.skip();
    const keyPrefix = `auth-test-${randomBytes(6).toString('hex')}:`;
    const redis = await createRedisClient({ url, log: silentLog, keyPrefix });
    const memory = createMemoryCounter();
    const key = randomUUID();
    const point = await createRateLimiter(redis, { ...budget, window: 1_000 }, memory).consume(key);
    await redis.close();
    const tried = createRateLimiter(redis, budget, memory);
    await tried.consume(key);
    await point.refund();
    expect((await tried.consume(key)).consumed).to.equal(2);
  });
});
