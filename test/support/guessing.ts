import { randomBytes } from 'node:crypto';
import { AppError } from '../../app/errors.ts';
import {
  type CountedAttempt,
  createLoginThrottle,
  type LoginThrottle,
} from '../../app/features/throttling/login-throttle.ts';
import { createInMemoryRedis } from '../../app/store/embedded/in-memory-redis.ts';
import { withVirtualClock } from './clock.ts';
import { somewhere } from './somewhere.ts';

/** A login attempt at a time in milliseconds since the start. */
export interface Guess {
  readonly time: number;
  readonly network: string;
}

interface Simulation {
  /** In order of time. Their password is wrong. */
  readonly guesses: readonly Guess[];
  /** When the owner tries from a new device, each time from a network that never tried before. */
  readonly owners?: readonly number[];
  /** Number of wrong passwords that each owner types first. @default 0 */
  readonly typos?: number;
  /** The jitter of Retry-After. @default none, so that a guesser knows each time exactly */
  readonly random?: () => number;
  /** Whether to leave out the guesses that come after the last owner has logged in. @default false */
  readonly endsWithOwners?: boolean;
}

interface Result {
  /** When a wrong password was checked. */
  readonly checked: readonly number[];
  /** Milliseconds from each owner's first attempt until the login. */
  readonly waits: readonly number[];
}

const week = 7 * 86_400_000;

/** It stores nothing here, but takes time to create. */
const redis = createInMemoryRedis();

type Answer = CountedAttempt | { readonly retryAfter: number };

async function tryLogin(throttle: LoginThrottle, network: string): Promise<Answer> {
  try {
    return await throttle.countLogin({ email: 'owner@example.com', network, device: null, where: somewhere });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'rate_limited' || !error.retryAfter) throw error;
    return { retryAfter: error.retryAfter * 1_000 };
  }
}

/**
 * Guesses at one account on a virtual clock, while its owner obeys Retry-After. An owner who never logs in tries for a
 * week.
 */
export function simulateGuessing(simulation: Simulation): Promise<Result> {
  const { guesses, owners = [], typos = 0, random = () => 0, endsWithOwners = false } = simulation;
  const throttle = createLoginThrottle({
    ...{ redis, secret: randomBytes(32), enabled: true, scale: 1, random },
    ...{ onRefuse: () => undefined, onLockout: () => undefined },
  });
  const pending = owners.map((time, n) => ({ time, since: time, typos, network: `owner ${n}` }));
  return withVirtualClock(async (moveTo) => {
    const checked: number[] = [];
    const waits: number[] = [];

    /** The next attempt of an owner. @returns false when it was the last one */
    async function tryAsOwner(owner: (typeof pending)[number]): Promise<boolean> {
      moveTo(owner.time);
      const answer = await tryLogin(throttle, owner.network);
      if ('retryAfter' in answer) {
        owner.time += answer.retryAfter;
        return owner.time < owner.since + week;
      }
      if (owner.typos === 0) {
        await answer.succeed();
        return false;
      }
      checked.push(owner.time);
      owner.typos -= 1;
      owner.time += 1_000;
      return true;
    }

    async function logOwnersIn(end: number): Promise<void> {
      for (;;) {
        const [owner] = pending.sort((a, b) => a.time - b.time);
        if (!owner || owner.time >= end) return;
        if (await tryAsOwner(owner)) continue;
        waits.push(owner.time - owner.since);
        pending.splice(0, 1);
      }
    }

    for (const { time, network } of guesses) {
      await logOwnersIn(time);
      if (endsWithOwners && pending.length === 0) break;
      moveTo(time);
      if ('refund' in (await tryLogin(throttle, network))) checked.push(time);
    }
    await logOwnersIn(Number.POSITIVE_INFINITY);
    return { checked, waits };
  });
}

/** The most guesses in one hour, its first and last millisecond included. */
export function busiestHour(times: readonly number[]): number {
  const hour = 3_600_000;
  return Math.max(0, ...times.map((end) => times.filter((time) => time >= end - hour && time <= end).length));
}
