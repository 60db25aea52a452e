import { createHmac } from 'node:crypto';
import { AppError } from '../errors.ts';
import { createRateLimiter } from '../store/rate-limiter.ts';
import type { SharedMemory } from '../store/shared-memory.ts';

export type AccountThrottle = ReturnType<typeof createAccountThrottle>;

const minute = 60_000;
/** Wrong passwords in an hour that cost nothing but themselves. */
export const freeAttempts = 10;
/** Milliseconds between further attempts: a minute, doubling up to a quarter of an hour. */
const pauses = [1, 2, 4, 8, 15].map((minutes) => minutes * minute);

/**
 * Slows down guessing against one account, from however many addresses it comes: ten attempts an hour are free, each
 * further one has to wait its turn. Every attempt is counted before its password is looked at, so parallel guesses
 * gain nothing. Accounts are known by a MAC of the submitted email, whether or not it exists, so throttling tells
 * nothing about existence (ASVS 6.3.1, 6.3.8) and Redis holds no addresses.
 */
export function createAccountThrottle(options: {
  shared: SharedMemory;
  secret: Buffer;
  enabled: boolean;
  /** Divides all windows, for tests. */
  scale: number;
}) {
  const { shared, secret, enabled, scale } = options;
  const budget = (name: string, points: number, window: number) =>
    createRateLimiter(shared, { name, points, window: window / scale });
  const attempts = budget('account', freeAttempts, 60 * minute);
  const turns = budget('account-turn', 1, minute);
  const taken = budget('account-turns', Number.MAX_SAFE_INTEGER, 60 * minute);
  const keyOf = (email: string): string =>
    createHmac('sha256', secret).update(email.toLowerCase()).digest('base64url');

  return {
    /**
     * Counts one attempt against the account of `email`.
     * @throws AppError rate_limited
     */
    async admit(email: string): Promise<void> {
      if (!enabled) return;
      const key = keyOf(email);
      if ((await attempts.consume(key)).allowed) return;
      const { consumed } = await taken.peek(key);
      const pause = pauses[Math.min(consumed, pauses.length - 1)] ?? 15 * minute;
      const turn = await turns.consume(key, pause / scale);
      if (!turn.allowed) throw new AppError('rate_limited', { retryAfter: Math.ceil(turn.resetIn / 1000) });
      await taken.consume(key);
    },

    /** After a right password, or when an administrator unlocks the account. */
    async forget(email: string): Promise<void> {
      const key = keyOf(email);
      await Promise.all([attempts, turns, taken].map((limiter) => limiter.reset(key)));
    },
  };
}
