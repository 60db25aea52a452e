import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds between two counts. */
export const activeSessionCountInterval = 60_000;
/** Shorter than the interval, so that a replica that died with the turn is missed for one count at most. */
const turn = 55_000;

/**
 * Counts what only Postgres knows, for the metrics. Living sessions are many, so one replica counts them for all:
 * whoever finds the turn free. The others show 0, since a count of theirs from earlier would outlive the truth. While
 * Redis is away each counts for itself.
 */
export function createActiveSessionCount(options: {
  store: Store;
  redis: RedisClient;
  metrics: Pick<Metrics, 'activeSessions' | 'purgeLag'>;
  log: Logger;
}) {
  const { store, redis, metrics, log } = options;

  async function countSessions(): Promise<void> {
    const mine = await redis.acquireLease('census', turn).catch(() => true);
    metrics.activeSessions.set(mine ? await store.sessions.countActive() : 0);
  }

  async function readPurge(): Promise<void> {
    const lag = await store.maintenance.secondsSince('purge');
    const readAt = performance.now();
    metrics.purgeLag.from(() => [{ labels: {}, value: lag + (performance.now() - readAt) / 1000 }]);
  }

  /** Never throws: metrics that are a minute older are no failure. */
  return async function countActiveSessions(): Promise<void> {
    try {
      await Promise.all([countSessions(), readPurge()]);
    } catch (error) {
      log.warn({ err: error, event: 'active_session_count_failed' }, 'sessions were not counted');
    }
  };
}
