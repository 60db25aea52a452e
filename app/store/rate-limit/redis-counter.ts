import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Taken } from './memory-counter.ts';

/**
 * Takes a point back, but only out of the window it was counted in: a later one ends later than ARGV[1] allows. A
 * window without points is removed, so that the next point opens a whole one.
 */
const refundScript = `
local left = redis.call('pttl', KEYS[1])
if left < 0 or left > tonumber(ARGV[1]) then return 0 end
if redis.call('decr', KEYS[1]) <= 0 then redis.call('del', KEYS[1]) end
return 1
`;

/** Milliseconds by which two clocks may disagree on what is left of a window, rounding included. */
const clockSlack = 5;

/** Counts points per key on Redis, for all replicas together. Every method rejects while Redis is away. */
export function createRedisCounter(redis: Redis | Cluster, name: string) {
  const limiter = new RateLimiterRedis({
    keyPrefix: `limit:${name}`,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    // Both are given with each call, or judged by the caller.
    points: Number.MAX_SAFE_INTEGER,
    duration: 1,
  });

  return {
    /** @param length milliseconds of a new window, whole seconds */
    async take(key: string, length: number): Promise<Taken> {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1, {
        customDuration: length / 1000,
      });
      const resetIn = Math.max(0, msBeforeNext);
      const endsBy = performance.now() + resetIn + clockSlack;
      return {
        consumed: consumedPoints,
        resetIn,
        async refund() {
          const left = Math.ceil(endsBy - performance.now());
          // Redis away: the point stays taken, which is the safe side.
          await redis.eval(refundScript, 1, limiter.getKey(key), left).catch(() => undefined);
        },
      };
    },

    /** Points taken in the window that is open. */
    peek: async (key: string): Promise<number> => (await limiter.get(key))?.consumedPoints ?? 0,

    async forget(key: string): Promise<void> {
      await limiter.delete(key);
    },
  };
}
