import { AppError } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { createRateLimiter } from '../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { setRateLimit } from '../problem.ts';
import type { Context } from './context.ts';

const minute = 60_000;

/** Requests per address (IPv6: per /64) and window; docs/security.md says what each stands against (ASVS 6.1.1). */
export const budgets = {
  login: { points: 60, window: minute },
  register: { points: 100, window: 60 * minute },
  refresh: { points: 300, window: minute },
  password_reset: { points: 30, window: 10 * minute },
  // As many as registrations, which cost a hash and tell who is registered by their 409, just as these do.
  account_change: { points: 100, window: 60 * minute },
} as const;

export type LimitName = keyof typeof budgets;
export type Limits = ReturnType<typeof createLimits>;

export function createLimits(options: {
  redis: RedisClient;
  enabled: boolean;
  scale: number;
  metrics: Metrics;
}) {
  const { redis, enabled, scale, metrics } = options;
  const limiterOf = (name: LimitName) => {
    const { points, window } = budgets[name];
    return createRateLimiter(redis, { name, points, window: window / scale });
  };
  const limiters = {
    login: limiterOf('login'),
    register: limiterOf('register'),
    refresh: limiterOf('refresh'),
    password_reset: limiterOf('password_reset'),
    account_change: limiterOf('account_change'),
  };

  /**
   * Takes one request from the budget of the caller's address and says so in RateLimit headers.
   * @throws AppError rate_limited
   */
  return async function limit(ctx: Context, name: LimitName): Promise<void> {
    if (!enabled) return;
    const verdict = await limiters[name].consume(ctx.state.client.network);
    const resetIn = Math.ceil(verdict.resetIn / 1000);
    setRateLimit(ctx, { limit: verdict.limit, remaining: verdict.remaining, resetIn });
    if (verdict.allowed) return;
    metrics.rateLimited.inc({ limit: name });
    throw new AppError('rate_limited', { retryAfter: resetIn });
  };
}
