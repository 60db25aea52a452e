import { randomUUID } from 'node:crypto';
import { createLruCache } from '../../../store/lru-cache.ts';
import type { RedisClient } from '../../../store/redis/redis-client.ts';

/**
 * Milliseconds for which a report counts. A replica reports after each check of its stores: the checks start every two
 * seconds and take up to three.
 */
const reportLifetime = 10_000;

/**
 * Milliseconds for which the other replicas must be better off before this one leaves. Replicas notice the begin and the end
 * of an outage seconds apart, and the last report of a replica that crashed counts for `reportLifetime`. Neither may remove
 * a replica.
 */
const patience = 15_000;

/** Reports that are remembered. A writer in Redis can forge reports, which must not fill the memory. */
const maxReplicas = 1_000;

const channel = 'replica-reports';
const reportForm = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (reachable|unreachable)$/;

/**
 * Exchanges by Redis which replicas reach Postgres, so that a replica can tell its own network fault from an outage of
 * Postgres. A report grants nothing. Forged reports can make replicas leave the endpoints during an outage of Postgres. A writer in
 * Redis can delete the copies of session states with the same effect.
 */
export function createReplicaReports(redis: Pick<RedisClient, 'publish' | 'subscribe'>) {
  const id = randomUUID();
  const others = createLruCache<boolean>(maxReplicas, reportLifetime);
  let dispensableSince: number | null = null;

  // The client subscribes as soon as Redis answers. Without reports no replica counts as cut off.
  redis
    .subscribe(channel, (message) => {
      const [, sender, state] = reportForm.exec(message) ?? [];
      if (sender && sender !== id) others.set(sender, state === 'reachable');
    })
    .catch(() => undefined);

  /**
   * Whether at least half of the replicas reach Postgres, this one counted among those that do not. Fewer could not bear the
   * load of all. Envoy, too, ignores health checks below one half (panic threshold).
   */
  function halfReachesPostgres(): boolean {
    const states = [...others.values()];
    const reachable = states.filter((reachesPostgres) => reachesPostgres).length;
    return reachable > states.length - reachable;
  }

  return {
    /** Shows the others whether this replica, which serves, reaches Postgres. */
    publish(reachesPostgres: boolean): void {
      const state = reachesPostgres ? 'reachable' : 'unreachable';
      redis.publish(channel, `${id} ${state}`).catch(() => undefined);
    },

    /** Call after each check. @returns true once others have reached Postgres for a while and this replica has not */
    isCutOff(reachesPostgres: boolean): boolean {
      const now = performance.now();
      const isDispensable = !reachesPostgres && halfReachesPostgres();
      dispensableSince = isDispensable ? (dispensableSince ?? now) : null;
      return dispensableSince !== null && now - dispensableSince >= patience;
    },
  };
}
