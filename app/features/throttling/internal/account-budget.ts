import type { RateLimiter, RateLimitResult } from '../../../store/rate-limit/rate-limiter.ts';
import { all, type CountedAttempt, uncounted } from './counted-attempt.ts';

const minute = 60_000;

/** Milliseconds between attempts on an account without free attempts: one minute, doubling to a quarter of an hour. */
export const pauses = [1, 2, 4, 8, 15].map((minutes) => minutes * minute);

/** The budget of one account: free attempts first, then one attempt per pause. */
export function createAccountBudget(options: {
  free: RateLimiter;
  limiter: (name: string, points: number, window: number) => RateLimiter;
  scale: number;
  /** Milliseconds of the free attempts' window. */
  window: number;
  refuse: (verdict: RateLimitResult) => never;
  onLockout: () => void;
}) {
  const { free, limiter, scale, window, refuse, onLockout } = options;
  // The names are keys in Redis and stay as they are.
  const pausedAttempt = limiter('account-turn', 1, minute);
  const pausesTaken = limiter('account-turns', Number.MAX_SAFE_INTEGER, window);

  /** One attempt after the free ones. Even a right password uses it up. */
  async function countPaused(key: string): Promise<CountedAttempt> {
    const pause = pauses[Math.min(await pausesTaken.peek(key), pauses.length - 1)] ?? minute;
    const attempt = await pausedAttempt.consume(key, pause / scale);
    if (!attempt.allowed) refuse(attempt);
    const count = await pausesTaken.consume(key);
    // Refused only where the counter is full: an uncounted attempt would keep the pause short.
    if (!count.allowed) refuse(count);
    return all([attempt, count].map(({ refund }) => ({ succeed: uncounted.succeed, refund })));
  }

  return {
    /**
     * The right password refunds only its own attempt. If each login of the owner reset the budget, it would give a
     * guesser ten more guesses.
     */
    async count(key: string): Promise<CountedAttempt> {
      const { allowed, consumed, limit, refund } = await free.consume(key);
      if (allowed) return { succeed: refund, refund };
      if (consumed === limit + 1) onLockout();
      return countPaused(key);
    },

    async reset(key: string): Promise<void> {
      await Promise.all([free, pausedAttempt, pausesTaken].map((each) => each.reset(key)));
    },
  };
}
