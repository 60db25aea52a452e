import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../observe/log.ts';

/** Milliseconds between attempts to deliver what Redis did not take. */
const retryInterval = 500;
/** Undelivered ones kept at most; the oldest give way. */
const maxPending = 50_000;

/**
 * Tells the other replicas of revocations. One that Redis does not take is told again until it does or its `life`
 * (milliseconds) is over: a Redis that comes back with its old contents must not bring a dead session back to life
 * while Postgres is away.
 */
export function createAnnouncements(log: Logger, life: number) {
  const pending = new Map<string, { readonly deliver: () => Promise<unknown>; readonly until: number }>();

  async function redeliver(): Promise<void> {
    while (pending.size > 0) {
      await sleep(retryInterval, undefined, { ref: false });
      for (const [key, { deliver, until }] of pending) {
        if (until < performance.now()) {
          pending.delete(key);
          continue;
        }
        // The first that fails says that Redis is still away.
        if (
          !(await deliver().then(
            () => pending.delete(key),
            () => false,
          ))
        )
          break;
      }
    }
  }

  return async function announce(key: string, deliver: () => Promise<unknown>): Promise<void> {
    try {
      await deliver();
    } catch (error) {
      const isFirst = pending.size === 0;
      const [oldest] = pending.keys();
      if (oldest !== undefined && pending.size >= maxPending) pending.delete(oldest);
      pending.set(key, { deliver, until: performance.now() + life });
      if (!isFirst) return;
      const message = 'Redis does not take revocations; other replicas learn of them from Postgres meanwhile';
      log.warn({ err: error, event: 'revocation_not_announced' }, message);
      void redeliver();
    }
  };
}
