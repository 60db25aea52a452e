import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { SharedMemory } from './shared-memory.ts';

export interface Budget {
  readonly name: string;
  readonly points: number;
  /** Window in milliseconds. */
  readonly window: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly consumed: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
}

export interface RateLimiter {
  /** Takes one point of the budget of `key`; `window` (milliseconds) replaces the budget's own for a new window. */
  consume(key: string, window?: number): Promise<Verdict>;
  peek(key: string): Promise<Verdict>;
  /** Gives one point back. */
  refund(key: string): Promise<void>;
  reset(key: string): Promise<void>;
}

/** While Redis is away each replica counts alone, so each grants a fraction of the budget. */
const insuranceShare = 4;

const seconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));

function createLimiter(shared: SharedMemory, budget: Budget): RateLimiterAbstract {
  const options = {
    keyPrefix: `limit:${budget.name}`,
    points: budget.points,
    duration: seconds(budget.window),
  };
  if (!shared.redis) return new RateLimiterMemory(options);
  const insuranceLimiter = new RateLimiterMemory({
    ...options,
    points: Math.ceil(budget.points / insuranceShare),
  });
  return new RateLimiterRedis({
    ...options,
    storeClient: shared.redis,
    insuranceLimiter,
    rejectIfRedisNotReady: true,
  });
}

/** A budget per key, counted on Redis for all replicas together, and in memory while Redis is away: never unlimited. */
export function createRateLimiter(shared: SharedMemory, budget: Budget): RateLimiter {
  const limiter = createLimiter(shared, budget);
  const verdict = (result: RateLimiterRes | null, allowed: boolean): Verdict => ({
    allowed,
    limit: budget.points,
    consumed: result?.consumedPoints ?? 0,
    remaining: result?.remainingPoints ?? budget.points,
    resetIn: Math.max(0, result?.msBeforeNext ?? 0),
  });
  return {
    async consume(key, window) {
      try {
        return verdict(
          await limiter.consume(key, 1, window ? { customDuration: seconds(window) } : {}),
          true,
        );
      } catch (error) {
        // The library rejects with its result, not an Error, when the budget is spent.
        if (error instanceof RateLimiterRes) return verdict(error, false);
        throw error;
      }
    },
    async peek(key) {
      const result = await limiter.get(key);
      return verdict(result, (result?.consumedPoints ?? 0) < budget.points);
    },
    async refund(key) {
      await limiter.reward(key, 1);
    },
    async reset(key) {
      await limiter.delete(key);
    },
  };
}
