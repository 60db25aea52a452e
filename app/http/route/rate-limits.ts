import { AppError } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { type Budget, createRateLimiter, type RateLimiter } from '../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { rateLimitHeaders } from '../problem.ts';
import type { Context } from './context.ts';
import type { Endpoint } from './endpoint.ts';

export type EnforceLimit = ReturnType<typeof createRateLimits>;

/**
 * @param options.scale divides all windows, for tests
 * @throws TypeError when two different limits have the same name
 */
export function createRateLimits(options: {
  endpoints: readonly Endpoint[];
  redis: RedisClient;
  enabled: boolean;
  scale: number;
  metrics: Pick<Metrics, 'rateLimited'>;
}) {
  const { endpoints, redis, enabled, scale, metrics } = options;
  const limiters = new Map<Budget, RateLimiter>();
  for (const limit of new Set(endpoints.flatMap((endpoint) => endpoint.limit ?? []))) {
    if ([...limiters.keys()].some(({ name }) => name === limit.name)) {
      throw new TypeError(`Two different rate limits are called ${limit.name}`);
    }
    limiters.set(limit, createRateLimiter(redis, { ...limit, window: limit.window / scale }));
    // A series must exist before its first event, or `rate` misses that event.
    metrics.rateLimited.inc({ limit: limit.name }, 0);
  }

  /**
   * Takes one request from the limit of the client's network and reports the rest in RateLimit headers.
   * @throws AppError rate_limited
   */
  return async function enforceLimit(ctx: Context, limit: Budget): Promise<void> {
    const limiter = limiters.get(limit);
    if (!enabled || !limiter) return;
    const verdict = await limiter.consume(ctx.state.client.network);
    const resetIn = Math.ceil(verdict.resetIn / 1000);
    ctx.set(rateLimitHeaders({ limit: verdict.limit, remaining: verdict.remaining, resetIn }));
    if (verdict.allowed) return;
    metrics.rateLimited.inc({ limit: limit.name });
    throw new AppError('rate_limited', { retryAfter: resetIn });
  };
}
