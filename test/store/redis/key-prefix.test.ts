import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createAttemptSlots } from '../../../app/store/rate-limit/attempt-slots.ts';
import { createRateLimiter } from '../../../app/store/rate-limit/rate-limiter.ts';
import { createTokenBucket } from '../../../app/store/rate-limit/token-bucket.ts';
import { createRedisClient } from '../../../app/store/redis/ioredis-client.ts';
import type { RedisClient } from '../../../app/store/redis/redis-client.ts';
import { openRedisKeys } from '../../support/redis-keys.ts';
import { onRealStore, silentLog } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

const budget = { name: 'prefix', points: 2, window: 60_000 };
const bucket = { name: 'prefix-bucket', burst: 1, interval: 60_000 };
const slots = { interval: 60_000, draws: 1, rest: 1, waiting: 1, period: 60_000, perNetwork: 1, perBlock: 1 };

onRealStore('Two installations on one Redis with different key prefixes', (stores) => {
  const close: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const one of close.splice(0).reverse()) await one();
  });

  async function open(url: () => string, keyPrefix: string): Promise<RedisClient> {
    const redis = await createRedisClient({ url, keyPrefix, log: silentLog, commandTimeout: 10_000 });
    close.push(() => redis.close());
    await until(() => redis.ping());
    return redis;
  }

  /** Uses everything that writes keys. @returns what the installation sees afterwards */
  async function use(redis: RedisClient) {
    await redis.set('key', 'value', 60_000);
    await redis.setMax('version', 5, 60_000);
    const account = 'A'.repeat(43);
    return {
      lease: await redis.acquireLease('lease', 60_000),
      remaining: (await createRateLimiter(redis, budget).consume('somebody')).remaining,
      isAllowed: (await createTokenBucket(redis, bucket).consume('somebody')).allowed,
      slot: (await createAttemptSlots(redis, slots, () => 0).claim({ account, network: 'n', block: 'b' }))
        .opensIn,
    };
  }

  it('share no key, also not in scripts, and no message', async function () {
    const url = stores().redisUrl;
    if (!url) return this.skip();
    const prefixes = [`a-${randomUUID()}:`, `b-${randomUUID()}:`] as const;
    const [one, other] = [await open(url, prefixes[0]), await open(url, prefixes[1])];
    const administrator = await openRedisKeys(url());
    close.push(() => administrator.close());
    const heard: string[] = [];
    const arrived = new Promise<void>((resolve) => {
      void one.subscribe('channel', (message) => heard.push(message));
      void other.subscribe('channel', (message) => {
        heard.push(message);
        resolve();
      });
    });
    const before = await other.get(['key']);
    expect(await use(one)).to.deep.equal(await use(other));
    expect([before, await other.get(['key'])]).to.deep.equal([[null], ['value']]);
    await one.publish('elsewhere', 'nobody');
    await other.publish('channel', 'for the other');
    await arrived;
    expect(heard).to.deep.equal(['for the other']);
    const keysOf = async (prefix: string): Promise<string[]> =>
      (await administrator.find(`${prefix}*`))
        .filter((key) => !key.includes(':check:'))
        .map((key) => key.slice(prefix.length))
        .sort();
    const [mine, theirs] = [await keysOf(prefixes[0]), await keysOf(prefixes[1])];
    expect(mine).to.deep.equal(theirs).and.to.have.length.greaterThan(6);
    for (const prefix of prefixes) await administrator.remove(`${prefix}*`);
  });
});
