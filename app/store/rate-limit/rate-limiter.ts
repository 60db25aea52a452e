import type { RedisClient } from '../redis/redis-client.ts';
import { createMemoryCounter, type Taken } from './memory-counter.ts';
import { createRedisCounter } from './redis-counter.ts';

export interface Budget {
  readonly name: string;
  readonly points: number;
  /** Window in milliseconds. */
  readonly window: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The limit that was applied: less than the budget while Redis is away. */
  readonly limit: number;
  readonly consumed: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
  /**
   * Gives the point back to the window it came from, wherever that was counted; to no other, so that a late one grants
   * nothing. Call it once. Never rejects.
   */
  refund(): Promise<void>;
}

export interface RateLimiter {
  /** Takes one point of the budget of `key`; `window` (milliseconds) replaces the budget's own for a new window. */
  consume(key: string, window?: number): Promise<Verdict>;
  /** Points taken so far. */
  peek(key: string): Promise<number>;
  reset(key: string): Promise<void>;
}

/** While Redis is away each replica counts alone, so each grants a fraction of the budget. */
const insuranceShare = 4;

/** Milliseconds after which a key that found no room may ask again; some window or other is over by then. */
const noRoomPause = 60_000;

const wholeSeconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000)) * 1000;

function judge(taken: Taken, limit: number): Verdict {
  const { consumed, resetIn } = taken;
  const remaining = Math.max(0, limit - consumed);
  return { allowed: consumed <= limit, limit, consumed, remaining, resetIn, refund: taken.refund };
}

/** No point was counted, so `consumed` tells of none: nobody must take this for the attempt that spent the budget. */
const refuseNewKey = (limit: number, window: number): Verdict => ({
  allowed: false,
  limit,
  consumed: 0,
  remaining: 0,
  resetIn: Math.min(window, noRoomPause),
  refund: async () => undefined,
});

/** A budget per key, counted on Redis for all replicas together, and in memory while Redis is away: never unlimited. */
export function createRateLimiter(
  redis: RedisClient,
  budget: Budget,
  memory = createMemoryCounter(),
): RateLimiter {
  const counter = redis.connection && createRedisCounter(redis.connection, budget.name);
  const share = counter ? Math.ceil(budget.points / insuranceShare) : budget.points;
  return {
    async consume(key, window = budget.window) {
      const length = wholeSeconds(window);
      const counted = await counter?.take(key, length).catch(() => null);
      if (counted) return judge(counted, budget.points);
      const countedHere = memory.take(key, length);
      return countedHere ? judge(countedHere, share) : refuseNewKey(share, length);
    },
    async peek(key) {
      return (await counter?.peek(key).catch(() => null)) ?? memory.peek(key);
    },
    async reset(key) {
      memory.forget(key);
      await counter?.forget(key).catch(() => undefined);
    },
  };
}
