import type { RedisClient } from '../redis/redis-client.ts';
import { type CountedPoint, createMemoryCounter } from './memory-counter.ts';
import { createRedisCounter } from './redis-counter.ts';

export interface Budget {
  readonly name: string;
  readonly points: number;
  /** Window in milliseconds. */
  readonly window: number;
}

/** `limit` is the limit that was applied. It is smaller than the budget while Redis is unavailable. */
export type RateLimitResult = ReturnType<typeof resultOf>;

export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** While Redis is unavailable each replica counts alone, so each replica grants this fraction of the budget. */
export const insuranceShare = 4;

/** Milliseconds after which a key that the full memory refused may try again: other entries end by then. */
export const fullMemoryPause = 60_000;

const wholeSeconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000)) * 1000;

function resultOf(point: CountedPoint, limit: number) {
  const { consumed } = point;
  return { ...point, allowed: consumed <= limit, limit, remaining: Math.max(0, limit - consumed) };
}

/** The counter is full and counted nothing, so `consumed` is 0: this is not the attempt that spent the budget. */
const refuseUncounted = (limit: number, window: number): RateLimitResult => ({
  allowed: false,
  limit,
  consumed: 0,
  remaining: 0,
  resetIn: Math.min(window, fullMemoryPause),
  refund: async () => undefined,
});

/** A budget per key: on Redis for all replicas together, in memory while Redis is unavailable, and never unlimited. */
export function createRateLimiter(redis: RedisClient, budget: Budget, memory = createMemoryCounter()) {
  const counter = redis.connection && createRedisCounter(redis.connection, budget.name);
  const length = wholeSeconds(budget.window);
  const share = counter ? Math.ceil(budget.points / insuranceShare) : budget.points;
  return {
    /** Consumes one point of the key's budget. */
    async consume(key: string): Promise<RateLimitResult> {
      const onRedis = await counter?.consume(key, length).catch(() => null);
      if (onRedis) return resultOf(onRedis, budget.points);
      const inMemory = memory.consume(key, length);
      return inMemory ? resultOf(inMemory, share) : refuseUncounted(share, length);
    },
    async reset(key: string): Promise<void> {
      memory.reset(key);
      await counter?.reset(key).catch(() => undefined);
    },
  };
}
