import { createHmac } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { createRateLimiter, type RateLimitResult } from '../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { createAccountBudget } from './internal/account-budget.ts';
import { all, type CountedAttempt, uncounted } from './internal/counted-attempt.ts';
import { createNetworkBudget, createUnlockMarks } from './internal/network-budget.ts';

export type { CountedAttempt } from './internal/counted-attempt.ts';

export type LoginThrottle = ReturnType<typeof createLoginThrottle>;

export interface LoginAttempt {
  readonly email: string;
  /** The client's network; see Client. */
  readonly network: string;
  /** Nonce of a verified device token. */
  readonly device: string | null;
}

const minute = 60_000;

/**
 * Attempts per window in milliseconds; docs/limits.md lists them. A right password refunds a login attempt, but not a
 * confirmation: a confirmation comes from a logged-in user, so refunds would let one user fill the hash queue, or
 * harvest registered emails by the 409, without limit. Nobody changes email and password ten times an hour.
 */
export const attemptBudgets = {
  account: { points: 10, window: 60 * minute },
  network_account: { points: 10, window: 15 * minute },
  device: { points: 10, window: 60 * minute },
  password_confirmation: { points: 10, window: 60 * minute },
} as const;

type ThrottleName = keyof typeof attemptBudgets;

interface ThrottleOptions {
  readonly redis: RedisClient;
  readonly secret: Buffer;
  readonly enabled: boolean;
  /** Divides all windows, for tests. */
  readonly scale: number;
  readonly onRefuse: (limit: ThrottleName) => void;
  /** Called when an account has just used up its free attempts. */
  readonly onLockout: () => void;
}

/**
 * Returns the result of a password check that `attempt` was counted for. If the check did not happen, because the
 * queue was full or too slow, the attempt is refunded: an owner who retries as Retry-After says must not run out of
 * attempts.
 */
export async function refundUnlessChecked<T>(attempt: CountedAttempt, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    await attempt.refund();
    throw error;
  }
}

/** The budgets of an attempt, in the order in which they are asked. Each refuses with rate_limited. */
function createBudgets(options: ThrottleOptions) {
  const { redis, secret, scale, onRefuse, onLockout } = options;
  const limiter = (name: string, points: number, window: number) =>
    createRateLimiter(redis, { name, points, window: window / scale });
  const budget = (name: ThrottleName) =>
    limiter(name, attemptBudgets[name].points, attemptBudgets[name].window);
  const keyOf = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

  function refuse(name: ThrottleName, verdict: RateLimitResult): never {
    onRefuse(name);
    const resetIn = Math.ceil(verdict.resetIn / 1000);
    throw new AppError('rate_limited', { retryAfter: resetIn, budget: { limit: verdict.limit, resetIn } });
  }

  const account = createAccountBudget({
    free: budget('account'),
    limiter,
    scale,
    window: attemptBudgets.account.window,
    refuse: (verdict) => refuse('account', verdict),
    onLockout,
  });
  const unlocks = createUnlockMarks(redis, attemptBudgets.network_account.window / scale);
  const network = createNetworkBudget({
    limiter: budget('network_account'),
    unlocks,
    keyOf,
    refuse: (result) => refuse('network_account', result),
  });
  const devices = budget('device');
  const confirmations = budget('password_confirmation');

  async function countForDevice(device: string): Promise<CountedAttempt & { readonly allowed: boolean }> {
    const key = keyOf(device);
    const { allowed, refund } = await devices.consume(key);
    return { allowed, succeed: () => devices.reset(key), refund };
  }

  async function countConfirmation(sessionId: string): Promise<CountedAttempt> {
    const verdict = await confirmations.consume(sessionId);
    if (!verdict.allowed) refuse('password_confirmation', verdict);
    return { succeed: uncounted.succeed, refund: verdict.refund };
  }

  return {
    countForDevice,
    countForNetwork: ({ network: name, email }: LoginAttempt) => network.count(name, email),
    countForAccount: (email: string) => account.count(keyOf(email)),
    countConfirmation,
    async unlock(email: string): Promise<void> {
      await account.reset(keyOf(email));
      await unlocks.add(keyOf(email));
    },
  };
}

/**
 * Slows down guessing against an account, from any number of addresses. Every attempt is counted before its password
 * is checked, so parallel guesses gain nothing. The key of an account is a MAC of the submitted email, whether or not
 * the account exists: throttling does not reveal existence, and Redis stores no email (ASVS 6.3.1, 6.3.8). A known
 * device has a budget of its own, so that strangers cannot lock its user out.
 */
export function createLoginThrottle(options: ThrottleOptions) {
  const { enabled } = options;
  const budgets = createBudgets(options);

  return {
    /**
     * Counts one login attempt.
     * @throws AppError rate_limited
     */
    async countLogin(attempt: LoginAttempt): Promise<CountedAttempt> {
      if (!enabled) return uncounted;
      const byDevice = attempt.device ? await budgets.countForDevice(attempt.device) : null;
      if (byDevice?.allowed) return byDevice;
      const byNetwork = await budgets.countForNetwork(attempt);
      const byAccount = await budgets.countForAccount(attempt.email);
      return all([byDevice ?? uncounted, byNetwork, byAccount]);
    },

    /**
     * Counts one attempt to confirm a change with the password. The budget belongs to the session: a thief of its
     * access token cannot guess without limit, and cannot use up the attempts of the owner's next login.
     * @throws AppError rate_limited
     */
    countConfirmation: async (sessionId: string): Promise<CountedAttempt> =>
      enabled ? budgets.countConfirmation(sessionId) : uncounted,

    /** Resets the attempts counted against the account, from every network. */
    unlock: budgets.unlock,
  };
}
