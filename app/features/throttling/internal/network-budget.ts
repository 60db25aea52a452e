import { randomUUID } from 'node:crypto';
import type { RateLimiter, RateLimitResult } from '../../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { CountedAttempt } from './counted-attempt.ts';

/**
 * An unlock does not know which networks were counted against the account. It leaves a mark, which gives each network
 * one more budget. The mark is a random value: the clocks of replicas differ, so times of unlocks and of windows cannot
 * be compared.
 * @param lifetime milliseconds of a mark: the window of a network's budget
 */
export function createUnlockMarks(redis: RedisClient, lifetime: number) {
  const keyOf = (account: string): string => `unlocked:${account}`;

  return {
    /** Without Redis each replica counts for itself, and the mark would not reach the others anyway. */
    async add(account: string): Promise<void> {
      await redis.set(keyOf(account), randomUUID(), lifetime).catch(() => undefined);
    },

    /** Without Redis there is no mark, and the window of a network runs its course. */
    async find(account: string): Promise<string | null> {
      const [mark] = await redis.get([keyOf(account)]).catch(() => [null]);
      return mark ?? null;
    },
  };
}

/**
 * The budget of one network for one account.
 * @param options.keyOf makes the key of a counter from text
 */
export function createNetworkBudget(options: {
  limiter: RateLimiter;
  unlocks: ReturnType<typeof createUnlockMarks>;
  keyOf: (text: string) => string;
  refuse: (result: RateLimitResult) => never;
}) {
  const { limiter, unlocks, keyOf, refuse } = options;

  return {
    /** @param key of the network and the account */
    async count(key: string, network: string, email: string): Promise<CountedAttempt> {
      const first = await limiter.consume(key);
      if (first.allowed) return { succeed: () => limiter.reset(key), refund: first.refund };
      const mark = await unlocks.find(keyOf(email));
      const unlockedKey = mark === null ? key : keyOf(`${mark} ${network} ${email}`);
      const again = mark === null ? first : await limiter.consume(unlockedKey);
      if (!again.allowed) refuse(first);
      const succeed = async () => void (await Promise.all([key, unlockedKey].map(limiter.reset)));
      return { succeed, refund: again.refund };
    },
  };
}
