import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observe/log.ts';
import type { Connection } from './connection.ts';
import { describeHolders, findBlockers, type LockHolder } from './lock-holders.ts';

/** Milliseconds between two lines of the log about the same wait. */
const logInterval = 10_000;

/** Milliseconds between two looks. Shorter than the lock timeout of a migration, so that each wait is seen. */
const lookInterval = 100;

/** Logs a wait when it begins, and then every ten seconds. */
export function createWaitLog(log: Logger, what: string, now: () => number = Date.now) {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (holders: readonly LockHolder[]): void => {
    const description = describeHolders(holders);
    if (!description || now() - loggedAt < logInterval) return;
    loggedAt = now();
    log.warn({ event: 'migration_waits', holders }, `${what}: it waits for ${description}`);
  };
}

interface WatchOptions {
  /** A connection of its own, because the watched one is busy. */
  readonly observer: Connection;
  /** The process id of the watched backend. */
  readonly pid: number;
  /** What the backend does, for the log. */
  readonly what: string;
  readonly log: Logger;
  /** Milliseconds after which a statement that waits without interruption is cancelled. */
  readonly limit: number;
}

/** Watches whether a backend waits for a lock, and who has the lock, until `stop`. */
export function watchLocks({ observer, pid, what, log, limit }: WatchOptions) {
  const stopping = new AbortController();
  const report = createWaitLog(log, what);
  let last: readonly LockHolder[] = [];
  let waitingSince: number | undefined;

  async function look(): Promise<void> {
    const holders = await findBlockers(observer, pid);
    waitingSince = holders.length > 0 ? (waitingSince ?? Date.now()) : undefined;
    if (waitingSince === undefined) return;
    last = holders;
    report(holders);
    if (Date.now() - waitingSince >= limit) await observer.unsafe('select pg_cancel_backend($1)', [pid]);
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(lookInterval, undefined, { signal: stopping.signal }).catch(() => undefined);
      // The observer only explains a wait. If it cannot look, the migration goes on.
      if (!stopping.signal.aborted) await look().catch(() => undefined);
    }
  }

  const watching = watch();
  return {
    /** The lock that was waited for last, and who had it; null without a wait. */
    lastWait: (): string | null => describeHolders(last),
    stop(): Promise<void> {
      stopping.abort();
      return watching;
    },
  };
}
