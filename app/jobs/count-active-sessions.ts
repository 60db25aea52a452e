import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds between two counts. */
export const activeSessionCountInterval = 60_000;
/** Milliseconds, shorter than the interval: if the replica with the lease stops, only one count is missed. */
const leaseDuration = 55_000;

/**
 * Reads for the metrics what only Postgres knows. Counting active sessions is expensive, so one replica counts them for
 * all, the one that acquires the lease. The others report 0, because an older count of theirs would be wrong by now.
 * While Redis is unavailable each replica counts.
 */
export function createActiveSessionCount(options: {
  store: Store;
  redis: RedisClient;
  metrics: Pick<Metrics, 'activeSessions' | 'lastBackup' | 'lastPurgeAge'>;
  log: Logger;
}) {
  const { store, redis, metrics, log } = options;

  async function countSessions(): Promise<void> {
    const hasLease = await redis.acquireLease('active-session-count', leaseDuration).catch(() => true);
    metrics.activeSessions.set(hasLease ? await store.sessions.countActive() : 0);
  }

  async function readLastPurgeAge(): Promise<void> {
    const age = await store.maintenance.secondsSince('purge');
    const readAt = performance.now();
    metrics.lastPurgeAge.onCollect(() => [{ labels: {}, value: age + (performance.now() - readAt) / 1000 }]);
  }

  async function readLastBackup(): Promise<void> {
    const value = await store.backups.lastSnapshot();
    metrics.lastBackup.onCollect(() => [{ labels: {}, value }]);
  }

  /** Never throws: metrics that are a minute old are no failure. */
  return async function countActiveSessions(): Promise<void> {
    try {
      await Promise.all([countSessions(), readLastPurgeAge(), readLastBackup()]);
    } catch (error) {
      log.warn({ err: error, event: 'active_session_count_failed' }, 'active sessions were not counted');
    }
  };
}
