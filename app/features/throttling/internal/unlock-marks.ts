import type { RedisClient } from '../../../store/redis/redis-client.ts';

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
