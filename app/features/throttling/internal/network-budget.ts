import type { RateLimiter, Verdict } from '../../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { CountedAttempt } from './counted-attempt.ts';

/**
 * An unlock does not know which networks were counted against the account. It leaves a mark, and the window of a
 * network that began before the mark ends there.
 * @param window milliseconds of a network's window
 */
export function createUnlockMarks(redis: RedisClient, window: number) {
  const keyOf = (account: string): string => `unlocked:${account}`;

  return {
    /** Without Redis each replica counts for itself, and the mark would not reach the others anyway. */
    async mark(account: string): Promise<void> {
      await redis.set(keyOf(account), String(Date.now()), window).catch(() => undefined);
    },

    /**
     * Whether the account was unlocked since the window began that ends in `resetIn` milliseconds. Without Redis there
     * is no mark, and the window runs its course.
     */
    async wasUnlockedInWindow(account: string, resetIn: number): Promise<boolean> {
      const windowStart = Date.now() + resetIn - window;
      const [markedAt] = await redis.get([keyOf(account)]).catch(() => [null]);
      return Number(markedAt ?? 0) >= windowStart;
    },
  };
}

/** The budget of one network for one account. */
export function createNetworkBudget(
  limiter: RateLimiter,
  unlocks: ReturnType<typeof createUnlockMarks>,
  refuse: (verdict: Verdict) => never,
) {
  return {
    /**
     * @param key of network and account
     * @param account key of the account alone
     */
    async count(key: string, account: string): Promise<CountedAttempt> {
      const succeed = () => limiter.reset(key);
      const first = await limiter.consume(key);
      if (first.allowed) return { succeed, refund: first.refund };
      if (!(await unlocks.wasUnlockedInWindow(account, first.resetIn))) refuse(first);
      await limiter.reset(key);
      const again = await limiter.consume(key);
      if (!again.allowed) refuse(again);
      return { succeed, refund: again.refund };
    },
  };
}
