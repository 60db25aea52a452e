import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observe/log.ts';
import type { Database } from './database.ts';
import type { QueryName } from './queries.ts';
import { createLagMeter, type ReplicationLag } from './replication-lag.ts';

interface ReplicaOptions {
  readonly primary: Database;
  readonly replica: Database;
  /** Milliseconds (DB_REPLICA_MAX_LAG). */
  readonly maxLag: number;
  readonly log: Logger;
}

interface ReplicaState {
  lag: ReplicationLag | null;
  /** Null before the first measurement. */
  isUsed: boolean | null;
  isClosed: boolean;
}

/** Milliseconds between two measurements, and so the error of the measured lag. */
const measureInterval = 1_000;

function isUsable(lag: ReplicationLag | null, maxLag: number): boolean {
  return lag?.hasCaughtUp === true && (lag.seconds ?? 0) * 1000 <= maxLag;
}

/** Logs the first decision and every change. */
function apply(state: ReplicaState, { maxLag, log }: ReplicaOptions, lag: ReplicationLag | null): void {
  const isUsed = isUsable(lag, maxLag);
  const isChange = isUsed !== state.isUsed;
  state.lag = lag;
  state.isUsed = isUsed;
  if (!isChange) return;
  const lagSeconds = lag?.seconds ?? null;
  if (isUsed) log.info({ event: 'replica_used', lagSeconds }, 'reads go to the replica of Postgres');
  else {
    const message = 'reads go to the primary: the replica of Postgres is behind, or its lag is unknown';
    log.warn({ event: 'replica_unused', lagSeconds }, message);
  }
}

async function measureUntilClosed(state: ReplicaState, options: ReplicaOptions): Promise<void> {
  const measure = createLagMeter(options.primary, options.replica);
  while (!state.isClosed) {
    const lag = await measure().catch(() => null);
    if (state.isClosed) return;
    apply(state, options, lag);
    await sleep(measureInterval, undefined, { ref: false });
  }
}

/**
 * Reads from the replica while it is at most `maxLag` behind, and from the primary otherwise. A query that fails on the
 * replica is repeated on the primary: the replica may have gone, or may lack a migration.
 */
export function createReplicaDatabase(options: ReplicaOptions) {
  const { primary, replica } = options;
  const state: ReplicaState = { lag: null, isUsed: null, isClosed: false };
  void measureUntilClosed(state, options);
  const database: Database = {
    async query<Row extends object>(name: QueryName, params?: readonly unknown[]) {
      if (!state.isUsed) return primary.query<Row>(name, params);
      return replica.query<Row>(name, params).catch(() => primary.query<Row>(name, params));
    },
    transaction: (work) => primary.transaction(work),
    async close() {
      state.isClosed = true;
    },
  };
  return { database, lagSeconds: (): number | null => state.lag?.seconds ?? null };
}
