import { createDegradationDetector } from './degradation.ts';
import { type Instrumentation, instrument, noInstrumentation } from './instrumentation.ts';
import type { Metrics } from './metrics.ts';
import {
  createPostgresListener,
  createRedisListener,
  isWriteCommand,
  isWriteQuery,
} from './outcome-listeners.ts';

export interface PoolState {
  /** Maximum number of connections. */
  readonly size: number;
  readonly busy: number;
  readonly idle: number;
  /** Queries that wait for a connection. */
  readonly waiting: number;
}

/** The stores report their operations and their state to it. */
export interface StoreObserver {
  /** Wraps every query on the primary. */
  readonly query: Instrumentation;
  /** Wraps every query on the replica. No write depends on the replica, so its failures are not degradation. */
  readonly replicaQuery: Instrumentation;
  /** Receives the error of a failed transaction on the primary, which may have failed outside of any query. */
  transactionFailed(error: unknown): void;
  readonly command: Instrumentation;
  /** `state` is called at every scrape. */
  pool(name: 'primary' | 'replica', state: () => PoolState): void;
  /** `seconds` is called at every scrape. Null while the lag is unknown. */
  replicaLag(seconds: () => number | null): void;
  /** Called whenever one of the two connections becomes ready or is lost. */
  redis(connection: 'commands' | 'messages', isReady: boolean): void;
}

export const noStoreObserver: StoreObserver = {
  query: noInstrumentation,
  replicaQuery: noInstrumentation,
  transactionFailed: () => undefined,
  command: noInstrumentation,
  pool: () => undefined,
  replicaLag: () => undefined,
  redis: () => undefined,
};

/** Returns a function that adds a pool to the three gauges of connection pools. */
function createPoolGauges({ poolSize, poolWaiting, poolConnections }: Metrics): StoreObserver['pool'] {
  const pools = new Map<string, () => PoolState>();
  const samples = (read: (state: PoolState) => number) =>
    [...pools].map(([pool, state]) => ({ labels: { pool }, value: read(state()) }));
  poolSize.onCollect(() => samples(({ size }) => size));
  poolWaiting.onCollect(() => samples(({ waiting }) => waiting));
  poolConnections.onCollect(() =>
    (['busy', 'idle'] as const).flatMap((state) =>
      samples((pool) => pool[state]).map(({ labels, value }) => ({ labels: { ...labels, state }, value })),
    ),
  );
  return (name, state) => void pools.set(name, state);
}

/**
 * Turns the reports of the stores into metrics, and into traces by way of `spans`. Every query and command passes here,
 * so `auth_degraded` is set by the first operation that fails, whether a login, a refresh or the readiness probe, which
 * pings every few seconds.
 */
export function createStoreObserver(
  metrics: Metrics,
  spans: Pick<StoreObserver, 'query' | 'command'> = noStoreObserver,
): StoreObserver {
  const detector = (dependency: string, isWrite: (operation: string) => boolean) =>
    createDegradationDetector({
      onChange: (isDegraded) => metrics.degraded.set({ dependency }, Number(isDegraded)),
      isWrite,
    });
  const primary = createPostgresListener(detector('postgres', isWriteQuery));
  const redis = detector('redis', isWriteCommand);
  return {
    query: instrument(metrics.queryDuration, spans.query, primary),
    replicaQuery: instrument(metrics.queryDuration, spans.query),
    transactionFailed: primary.onFailure,
    command: instrument(metrics.commandDuration, spans.command, createRedisListener(redis)),
    pool: createPoolGauges(metrics),
    replicaLag: (seconds) =>
      metrics.replicaLag.onCollect(() => {
        const value = seconds();
        return value === null ? [] : [{ labels: {}, value }];
      }),
    redis: (connection, isReady) => {
      metrics.redisConnected.set({ connection }, Number(isReady));
      if (connection === 'commands') redis.setUnreachable(!isReady);
    },
  };
}
