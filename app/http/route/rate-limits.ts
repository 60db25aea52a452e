import { AppError } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { createLruCache } from '../../store/lru-cache.ts';
import { type Budget, createRateLimiter, type RateLimiter } from '../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { rateLimitHeaders } from '../problem.ts';
import type { Context } from './context.ts';
import type { Endpoint } from './endpoint.ts';

export type RateLimits = ReturnType<typeof createRateLimits>;

const budgetsOf = ({ fixedToken, limit }: Endpoint): Budget[] =>
  [limit, fixedToken?.refusals].filter((budget) => budget !== undefined);

/** The networks that a limit has refused in this process, as many as 20,000. Times are milliseconds. */
function createBlockedNetworks() {
  const until = createLruCache<number>(20_000);
  const keyOf = ({ name }: Budget, network: string): string => `${name} ${network}`;

  return {
    add(limit: Budget, network: string, time: number): void {
      until.set(keyOf(limit, network), performance.now() + time);
    },

    /** 0 or less if the network is not blocked. */
    timeLeft: (limit: Budget, network: string): number =>
      (until.get(keyOf(limit, network)) ?? 0) - performance.now(),
  };
}

/**
 * @param options.scale divides all windows and the delay, for tests
 * @throws TypeError when two different limits have the same name
 */
export function createRateLimits(options: {
  endpoints: readonly Endpoint[];
  redis: RedisClient;
  enabled: boolean;
  scale: number;
  /** Milliseconds. @default two seconds */
  refusalDelay?: number | undefined;
  metrics: Pick<Metrics, 'rateLimited'>;
}) {
  const { endpoints, redis, enabled, scale, metrics, refusalDelay = 2_000 } = options;
  const limiters = new Map<Budget, RateLimiter>();
  for (const limit of new Set(endpoints.flatMap(budgetsOf))) {
    if ([...limiters.keys()].some(({ name }) => name === limit.name)) {
      throw new TypeError(`Two different rate limits are called ${limit.name}`);
    }
    limiters.set(limit, createRateLimiter(redis, { ...limit, window: limit.window / scale }));
    // A series must exist before its first event, or `rate` misses that event.
    metrics.rateLimited.inc({ limit: limit.name }, 0);
  }

  const blocked = createBlockedNetworks();

  /** @param resetIn milliseconds until the window ends */
  function refuse(limit: Budget, resetIn: number, applied = limit.points): AppError {
    metrics.rateLimited.inc({ limit: limit.name });
    const retryAfter = Math.ceil(resetIn / 1000);
    return new AppError('rate_limited', { retryAfter, budget: { limit: applied, resetIn: retryAfter } });
  }

  return {
    /** Milliseconds that a suspect network waits for a refusal. Without them it would send its next request at once. */
    refusalDelay: enabled ? refusalDelay / scale : 0,

    /** Whether this process has refused the network already, and its window has not ended. It asks no store. */
    isBlocked: (limit: Budget, network: string): boolean => blocked.timeLeft(limit, network) > 0,

    /** The refusal of a request from a blocked network. */
    refuseBlocked: (limit: Budget, network: string): AppError =>
      refuse(limit, Math.max(0, blocked.timeLeft(limit, network))),

    /**
     * Takes one request from the limit of the client's network and reports the rest in RateLimit headers.
     * @param isExempt counts the request and does not refuse it
     * @throws AppError rate_limited
     */
    async enforce(ctx: Context, limit: Budget, isExempt = false): Promise<void> {
      const limiter = limiters.get(limit);
      if (!enabled || !limiter) return;
      const { network } = ctx.state.client;
      const { allowed, resetIn, limit: applied, remaining } = await limiter.consume(network);
      ctx.set(rateLimitHeaders({ limit: applied, remaining, resetIn: Math.ceil(resetIn / 1000) }));
      if (allowed || isExempt) return;
      blocked.add(limit, network, resetIn);
      throw refuse(limit, resetIn, applied);
    },
  };
}
