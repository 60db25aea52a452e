import { createAttemptSlots } from '../../../store/rate-limit/attempt-slots.ts';
import type { Applicant, SlotRules } from '../../../store/rate-limit/slot-rules.ts';
import { type Bucket, createTokenBucket } from '../../../store/rate-limit/token-bucket.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';
import type { CountedAttempt } from './counted-attempt.ts';

/**
 * The budget of one account: attempts for everybody, and attempt slots for networks that have an entry left. Guessers use
 * up the attempts for everybody. They cannot use more slots than their networks have entries.
 */
export function createAccountBudget(options: {
  redis: RedisClient;
  /** For everybody. */
  attempts: Omit<Bucket, 'name'>;
  slots: SlotRules;
  random: () => number;
  /** @param resetIn milliseconds until the next attempt */
  refuse: (limit: number, resetIn: number) => never;
}) {
  const { redis, random, refuse } = options;
  // The names are keys in Redis. `account` was a key of another form.
  const attempts = createTokenBucket(redis, { name: 'account-attempts', ...options.attempts });
  const slots = createAttemptSlots(redis, options.slots, random);

  return {
    /**
     * The right password refunds only its own attempt. If each login of the owner reset the budget, it would give a
     * guesser all attempts again.
     * @param onLockout called if this attempt is the first that finds no attempt for everybody left
     */
    async count(applicant: Applicant, onLockout: () => void): Promise<CountedAttempt> {
      const attempt = await attempts.consume(applicant.account);
      if (attempt.allowed) return { succeed: attempt.refund, refund: attempt.refund };
      if (attempt.isFirstRefusal) onLockout();
      const slot = await slots.claim(applicant);
      if (slot.opensIn === 0) return { succeed: slot.refund, refund: slot.refund };
      return refuse(attempt.limit, slot.opensIn ?? attempt.resetIn);
    },

    async reset(account: string): Promise<void> {
      await Promise.all([attempts.reset(account), slots.reset(account)]);
    },
  };
}
