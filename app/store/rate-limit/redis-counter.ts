import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { CountedPoint } from './memory-counter.ts';

/**
 * Returns a point, but only to the window that counted it: a later window has more time left than ARGV[1] allows. A
 * window without points is deleted, so that the next point starts a full window.
 */
const refundScript = `
local left = redis.call('pttl', KEYS[1])
if left < 0 or left > tonumber(ARGV[1]) then return 0 end
if redis.call('decr', KEYS[1]) <= 0 then redis.call('del', KEYS[1]) end
return 1
`;

/** Milliseconds by which the two clocks may differ about the rest of a window, rounding included. */
const clockSlack = 5;

/** Counts points per key on Redis, for all replicas together. Every method rejects while Redis is unavailable. */
export function createRedisCounter(redis: Redis | Cluster, name: string) {
  const limiter = new RateLimiterRedis({
    keyPrefix: `limit:${name}`,
    storeClient: redis,
    // Each call passes its own duration, and the caller compares the points.
    points: Number.MAX_SAFE_INTEGER,
    duration: 1,
  });

  async function refund(key: string, endsBy: number): Promise<void> {
    const left = Math.ceil(endsBy - performance.now());
    // If Redis is unavailable, the point stays consumed. That is the safe side.
    await redis.eval(refundScript, 1, limiter.getKey(key), left).catch(() => undefined);
  }

  return {
    /** @param length milliseconds of a new window, whole seconds */
    async consume(key: string, length: number): Promise<CountedPoint> {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1, {
        customDuration: length / 1000,
      });
      const resetIn = Math.max(0, msBeforeNext);
      const endsBy = performance.now() + resetIn + clockSlack;
      return { consumed: consumedPoints, resetIn, refund: () => refund(key, endsBy) };
    },

    async reset(key: string): Promise<void> {
      await limiter.delete(key);
    },
  };
}
