import { createHmac } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { createRateLimiter, type Verdict } from '../../store/rate-limit/rate-limiter.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';

export type LoginThrottle = ReturnType<typeof createLoginThrottle>;

export interface LoginAttempt {
  readonly email: string;
  /** What limits count of an address; see Client. */
  readonly network: string;
  /** Nonce of a recognised device token. */
  readonly device: string | null;
}

/** One attempt that was counted and may go ahead. Of its two ends one is called, once; neither rejects. */
export interface CountedAttempt {
  /** The password was right: clears what its own device or network used up, and gives its own attempt back. */
  succeed(): Promise<void>;
  /** No password was looked at: every point that was taken goes back. */
  refund(): Promise<void>;
}

export type ThrottleName = 'account' | 'network_account' | 'device' | 'password_confirmation';

const minute = 60_000;

/**
 * Attempts, each in its window of milliseconds. The right password gives them back, but for confirmations: those are
 * for somebody who is logged in already, so right ones could fill the hash queue, and harvest emails by the 409, without
 * end. Nobody changes email and password ten times an hour. The README lists them.
 */
export const attemptBudgets = {
  account: { points: 10, window: 60 * minute },
  network_account: { points: 10, window: 15 * minute },
  device: { points: 10, window: 60 * minute },
  password_confirmation: { points: 10, window: 60 * minute },
} as const;

/** Milliseconds between attempts on an account whose budget is spent: a minute, doubling to a quarter of an hour. */
export const pauses = [1, 2, 4, 8, 15].map((minutes) => minutes * minute);

const nothing = async (): Promise<void> => undefined;
const uncounted: CountedAttempt = { succeed: nothing, refund: nothing };

const all = (admissions: readonly CountedAttempt[]): CountedAttempt => ({
  async succeed() {
    await Promise.all(admissions.map((each) => each.succeed()));
  },
  async refund() {
    await Promise.all(admissions.map((each) => each.refund()));
  },
});

/**
 * The outcome of a password check that an admission allowed. When there is none, because the queue was full or took too
 * long, no guess was made: an owner who tries again as Retry-After says must not run out of attempts by that.
 */
export async function checkCounted<T>(admission: CountedAttempt, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    await admission.refund();
    throw error;
  }
}

/**
 * Slows down guessing against an account, from however many addresses it comes. Every attempt is counted before its
 * password is looked at, so parallel guesses gain nothing. Accounts are known by a MAC of the submitted email, whether
 * or not it exists: throttling tells nothing about existence, and Redis holds no addresses (ASVS 6.3.1, 6.3.8). A
 * device that has logged in before has a budget of its own, so that strangers cannot lock its user out.
 */
export function createLoginThrottle(options: {
  redis: RedisClient;
  secret: Buffer;
  enabled: boolean;
  /** Divides all windows, for tests. */
  scale: number;
  onRefuse: (limit: ThrottleName) => void;
  /** The free attempts of an account have just been used up. */
  onLockout: () => void;
}) {
  const { redis, secret, enabled, scale, onRefuse, onLockout } = options;
  const limiter = (name: string, points: number, window: number) =>
    createRateLimiter(redis, { name, points, window: window / scale });
  const budget = (name: ThrottleName) =>
    limiter(name, attemptBudgets[name].points, attemptBudgets[name].window);
  const accounts = budget('account');
  const networks = budget('network_account');
  const devices = budget('device');
  const confirmations = budget('password_confirmation');
  // Past the free attempts: whose turn it is, and how many turns there were, which sets the next pause.
  const turns = limiter('account-turn', 1, minute);
  const turnsTaken = limiter('account-turns', Number.MAX_SAFE_INTEGER, attemptBudgets.account.window);

  const keyOf = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  const networkKey = ({ email, network }: LoginAttempt): string => keyOf(`${network} ${email}`);

  function refuse(name: ThrottleName, verdict: Verdict): never {
    onRefuse(name);
    const resetIn = Math.ceil(verdict.resetIn / 1000);
    throw new AppError('rate_limited', { retryAfter: resetIn, budget: { limit: verdict.limit, resetIn } });
  }

  const unlockMark = (email: string): string => `unlocked:${keyOf(email)}`;

  /** An unlock cannot name the networks that were counted. It leaves a mark, and a window begun before it ends there. */
  async function wasUnlockedSince(windowStart: number, email: string): Promise<boolean> {
    // Without Redis there is no mark, and the window runs its course.
    const [markedAt] = await redis.get([unlockMark(email)]).catch(() => [null]);
    return Number(markedAt ?? 0) >= windowStart;
  }

  async function admitByDevice(device: string): Promise<CountedAttempt & { readonly allowed: boolean }> {
    const key = keyOf(device);
    const { allowed, refund } = await devices.consume(key);
    return { allowed, succeed: () => devices.reset(key), refund };
  }

  async function admitByNetwork(attempt: LoginAttempt): Promise<CountedAttempt> {
    const key = networkKey(attempt);
    const succeed = () => networks.reset(key);
    const first = await networks.consume(key);
    if (first.allowed) return { succeed, refund: first.refund };
    const windowStart = Date.now() + first.resetIn - attemptBudgets.network_account.window / scale;
    if (!(await wasUnlockedSince(windowStart, attempt.email))) refuse('network_account', first);
    await networks.reset(key);
    const again = await networks.consume(key);
    if (!again.allowed) refuse('network_account', again);
    return { succeed, refund: again.refund };
  }

  async function forget(email: string): Promise<void> {
    await Promise.all([accounts, turns, turnsTaken].map((each) => each.reset(keyOf(email))));
  }

  /** One of the attempts past the free ones; a turn is spent even by the right password. */
  async function admitByTurn(key: string): Promise<CountedAttempt> {
    const pause = pauses[Math.min(await turnsTaken.peek(key), pauses.length - 1)] ?? minute;
    const turn = await turns.consume(key, pause / scale);
    if (!turn.allowed) refuse('account', turn);
    const count = await turnsTaken.consume(key);
    // Only where there was no room to count it: uncounted turns would keep the pause short.
    if (!count.allowed) refuse('account', count);
    return all([turn, count].map(({ refund }) => ({ succeed: nothing, refund })));
  }

  /**
   * Of the account's budget the right password gives back its own attempt only: if each login of the owner cleared
   * that, each would hand a guesser ten more guesses.
   */
  async function admitByAccount(key: string): Promise<CountedAttempt> {
    const { allowed, consumed, limit, refund } = await accounts.consume(key);
    if (allowed) return { succeed: refund, refund };
    if (consumed === limit + 1) onLockout();
    return admitByTurn(key);
  }

  return {
    /**
     * Counts one attempt to log in.
     * @throws AppError rate_limited
     */
    async countLogin(attempt: LoginAttempt): Promise<CountedAttempt> {
      if (!enabled) return uncounted;
      const byDevice = attempt.device ? await admitByDevice(attempt.device) : null;
      if (byDevice?.allowed) return byDevice;
      const byNetwork = await admitByNetwork(attempt);
      const byAccount = await admitByAccount(keyOf(attempt.email));
      return all([byDevice ?? uncounted, byNetwork, byAccount]);
    },

    /** Forgets what was counted against the account, from whatever network. */
    async unlock(email: string): Promise<void> {
      await forget(email);
      const life = attemptBudgets.network_account.window / scale;
      // Without Redis each replica counts for itself, and the mark would not reach the others anyway.
      await redis.set(unlockMark(email), String(Date.now()), life).catch(() => undefined);
    },

    /**
     * Counts one attempt to confirm a change with the password, for somebody who is logged in already: a budget of
     * its own, since a stolen access token must not allow guessing and strangers must not block its owner. It is the
     * session's: whoever stole its token cannot use up that of the owner's next login, and gets no second session,
     * since only the password opens one.
     * @throws AppError rate_limited
     */
    async countConfirmation(sessionId: string): Promise<CountedAttempt> {
      if (!enabled) return uncounted;
      const verdict = await confirmations.consume(sessionId);
      if (!verdict.allowed) refuse('password_confirmation', verdict);
      return { succeed: nothing, refund: verdict.refund };
    },
  };
}
