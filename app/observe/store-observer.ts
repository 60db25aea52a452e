import { createDegradation } from './degradation.ts';
import type { Metrics } from './metrics.ts';
import { isWritingCommand, isWritingQuery, postgresOutcomes, redisOutcomes } from './store-outcomes.ts';
import { timed, unwatched, type Watch } from './watch.ts';

export interface PoolState {
  /** Connections that may be open. */
  readonly size: number;
  readonly busy: number;
  readonly idle: number;
  /** Callers without a connection. */
  readonly waiting: number;
}

/** What the stores tell about themselves. */
export interface StoreObserver {
  /** Around every query to the primary. */
  readonly query: Watch;
  /** Around every query to the replica, whose absence degrades nothing that writes. */
  readonly replicaQuery: Watch;
  /** Called with what a transaction on the primary failed with: not all of it happens in a query. */
  transactionFailed(error: unknown): void;
  readonly command: Watch;
  /** `state` is called at every scrape. */
  pool(name: 'primary' | 'replica', state: () => PoolState): void;
  /** Called whenever one of the two connections becomes usable or is lost. */
  redis(connection: 'commands' | 'messages', isReady: boolean): void;
}

export const unobserved: StoreObserver = {
  query: unwatched,
  replicaQuery: unwatched,
  transactionFailed: () => undefined,
  command: unwatched,
  pool: () => undefined,
  redis: () => undefined,
};

/**
 * Turns what the stores tell into metrics, and, by way of `spans`, into traces. `auth_degraded` is set here, where all
 * queries and commands pass, so that whoever notices an outage first (a login, a refresh, the readiness probe that
 * pings every few seconds) makes it known, by day and by night.
 */
export function createStoreObserver(
  metrics: Metrics,
  spans: { readonly query: Watch; readonly command: Watch } = unobserved,
): StoreObserver {
  const pools = new Map<string, () => PoolState>();
  const each = (of: (state: PoolState) => number) =>
    [...pools].map(([pool, state]) => ({ labels: { pool }, value: of(state()) }));
  metrics.poolSize.from(() => each(({ size }) => size));
  metrics.poolWaiting.from(() => each(({ waiting }) => waiting));
  metrics.poolConnections.from(() =>
    (['busy', 'idle'] as const).flatMap((state) =>
      each((pool) => pool[state]).map(({ labels, value }) => ({ labels: { ...labels, state }, value })),
    ),
  );
  const show = (dependency: string) => (isDegraded: boolean) =>
    metrics.degraded.set({ dependency }, Number(isDegraded));
  const primary = postgresOutcomes(createDegradation({ show: show('postgres'), isWrite: isWritingQuery }));
  const redis = createDegradation({ show: show('redis'), isWrite: isWritingCommand });
  return {
    query: timed(metrics.queryDuration, spans.query, primary),
    replicaQuery: timed(metrics.queryDuration, spans.query),
    transactionFailed: primary.failed,
    command: timed(metrics.commandDuration, spans.command, redisOutcomes(redis)),
    pool: (name, state) => void pools.set(name, state),
    redis: (connection, isReady) => {
      metrics.redisConnected.set({ connection }, Number(isReady));
      if (connection === 'commands') redis.away(!isReady);
    },
  };
}
