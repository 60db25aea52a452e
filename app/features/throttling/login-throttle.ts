import { createHmac, randomInt } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { addressBlock } from '../../http/address-block.ts';
import type { Where } from '../../observe/events/subject-fields.ts';
import { createRateLimiter } from '../../store/rate-limit/rate-limiter.ts';
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
  /** For the log. */
  readonly where: Where;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * Attempts per window in milliseconds; docs/limits.md lists them. A right password refunds a login attempt, but not a
 * confirmation: a confirmation comes from a logged-in user, so refunds would let one user fill the hash queue, or
 * harvest registered emails by the 409, without limit. Nobody changes email and password ten times an hour.
 */
export const attemptBudgets = {
  account: {
    burst: 10,
    interval: 20 * minute,
    slots: {
      interval: 4 * minute,
      draws: 2,
      rest: 16 * minute,
      waiting: 8,
      period: day,
      perNetwork: 2,
      perBlock: 8,
    },
  },
  network_account: { points: 10, window: 15 * minute },
  device: { points: 10, window: 60 * minute },
  password_confirmation: { points: 10, window: 60 * minute },
  step_up: { points: 1_000, window: 60 * minute },
} as const;

type ThrottleName = keyof typeof attemptBudgets;

/**
 * A client that may try again waits up to this share longer than necessary. Otherwise Retry-After would tell a guesser
 * the time of the next attempt, which the guesser could take before the owner.
 */
export const jitter = 0.25;

const precision = 2 ** 32;

interface ThrottleOptions {
  readonly redis: RedisClient;
  readonly secret: Buffer;
  readonly enabled: boolean;
  /** Divides all windows, for tests. */
  readonly scale: number;
  readonly onRefuse: (limit: ThrottleName) => void;
  /** Called with the attempt that finds no attempt for everybody left. */
  readonly onLockout: (attempt: LoginAttempt) => void;
  /** At least 0 and less than 1. @default unpredictable, or answers would reveal the next jitter */
  readonly random?: () => number;
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

/** @param wait milliseconds */
function refusal(limit: number, wait: number): AppError {
  const resetIn = Math.ceil(wait / 1000);
  return new AppError('rate_limited', { retryAfter: resetIn, budget: { limit, resetIn } });
}

function scaledSlots(scaled: (time: number) => number) {
  const { interval, rest, period, ...counts } = attemptBudgets.account.slots;
  return { ...counts, interval: scaled(interval), rest: scaled(rest), period: scaled(period) };
}

/** The budgets of an attempt, in the order in which they are asked. Each refuses with rate_limited. */
function createBudgets(options: ThrottleOptions) {
  const { redis, secret, onRefuse, onLockout, random = () => randomInt(precision) / precision } = options;
  const scaled = (time: number): number => Math.ceil(time / options.scale);
  const budget = (name: Exclude<ThrottleName, 'account'>) => {
    const { points, window } = attemptBudgets[name];
    return createRateLimiter(redis, { name, points, window: scaled(window) });
  };
  const keyOf = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

  const refuse = (name: ThrottleName, limit: number, wait: number): never => {
    onRefuse(name);
    throw refusal(limit, wait * (1 + jitter * random()));
  };
  const { burst, interval } = attemptBudgets.account;
  const account = createAccountBudget({
    ...{ redis, random },
    attempts: { burst, interval: scaled(interval) },
    slots: scaledSlots(scaled),
    refuse: (limit, wait) => refuse('account', limit, wait),
  });
  const unlocks = createUnlockMarks(redis, scaled(attemptBudgets.network_account.window));
  const network = createNetworkBudget({
    limiter: budget('network_account'),
    unlocks,
    keyOf,
    refuse: ({ limit, resetIn }) => refuse('network_account', limit, resetIn),
  });
  const devices = budget('device');
  const ofSession = { password_confirmation: budget('password_confirmation'), step_up: budget('step_up') };

  async function countForDevice(device: string): Promise<CountedAttempt & { readonly allowed: boolean }> {
    const key = keyOf(device);
    const { allowed, refund } = await devices.consume(key);
    return { allowed, succeed: () => devices.reset(key), refund };
  }

  async function countForSession(name: keyof typeof ofSession, sessionId: string): Promise<CountedAttempt> {
    const verdict = await ofSession[name].consume(sessionId);
    if (!verdict.allowed) refuse(name, verdict.limit, verdict.resetIn);
    return { succeed: uncounted.succeed, refund: verdict.refund };
  }

  return {
    countForDevice,
    async countForNetworkAndAccount(attempt: LoginAttempt): Promise<CountedAttempt> {
      const { email, network: name } = attempt;
      const key = keyOf(`${name} ${email}`);
      const byNetwork = await network.count(key, name, email);
      const block = keyOf(`block ${addressBlock(name)} ${email}`);
      const applicant = { account: keyOf(email), network: key, block };
      const byAccount = await account.count(applicant, () => onLockout(attempt));
      return all([byNetwork, byAccount]);
    },
    countForSession,
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
      return all([byDevice ?? uncounted, await budgets.countForNetworkAndAccount(attempt)]);
    },

    /**
     * Counts one attempt to confirm a change with the password. The budget belongs to the session: a thief of its
     * access token cannot guess without limit, and cannot use up the attempts of the owner's next login.
     * @throws AppError rate_limited
     */
    countConfirmation: async (sessionId: string): Promise<CountedAttempt> =>
      enabled ? budgets.countForSession('password_confirmation', sessionId) : uncounted,

    /**
     * Counts one attempt without the proof that it needs: a recent authentication, or the password. Each adds a row to the
     * audit log.
     * @throws AppError rate_limited
     */
    countUnproven: async (sessionId: string): Promise<CountedAttempt> =>
      enabled ? budgets.countForSession('step_up', sessionId) : uncounted,

    /** Resets the attempts counted against the account, from every network. */
    unlock: budgets.unlock,
  };
}
