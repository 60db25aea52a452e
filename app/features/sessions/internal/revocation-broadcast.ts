import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../observe/log.ts';

/** Milliseconds between attempts to deliver what Redis did not accept. */
const retryInterval = 500;
/** Undelivered revocations that are kept. Beyond it the oldest are dropped. */
const maxPending = 50_000;

interface Pending {
  readonly deliver: () => Promise<unknown>;
  readonly until: number;
}

/** Delivers what is pending, in order, until nothing is left. */
async function redeliver(pending: Map<string, Pending>): Promise<void> {
  while (pending.size > 0) {
    await sleep(retryInterval, undefined, { ref: false });
    for (const [key, { deliver, until }] of pending) {
      if (until < performance.now()) {
        pending.delete(key);
        continue;
      }
      const delivered = await deliver().then(
        () => pending.delete(key),
        () => false,
      );
      // The first failure means that Redis is still unavailable.
      if (!delivered) break;
    }
  }
}

/**
 * Sends revocations to the other replicas. A revocation that Redis does not accept is sent again until Redis accepts
 * it or its `lifetime` (milliseconds) is over. Otherwise a Redis that returns with its old contents could bring an
 * ended session back while Postgres is unavailable.
 */
export function createRevocationBroadcast(log: Logger, lifetime: number) {
  const pending = new Map<string, Pending>();

  return async function broadcast(key: string, deliver: () => Promise<unknown>): Promise<void> {
    try {
      await deliver();
    } catch (error) {
      const isFirst = pending.size === 0;
      const [oldest] = pending.keys();
      if (oldest !== undefined && pending.size >= maxPending) pending.delete(oldest);
      pending.set(key, { deliver, until: performance.now() + lifetime });
      if (!isFirst) return;
      const message = 'Redis does not accept revocations; other replicas read them from Postgres instead';
      log.warn({ err: error, event: 'revocation_not_announced' }, message);
      void redeliver(pending);
    }
  };
}
