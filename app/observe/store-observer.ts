import type { Metrics } from './metrics.ts';
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
  readonly query: Watch;
  readonly command: Watch;
  /** `state` is called at every scrape. */
  pool(name: 'primary' | 'replica', state: () => PoolState): void;
  /** Called whenever one of the two connections becomes usable or is lost. */
  redis(connection: 'commands' | 'messages', isReady: boolean): void;
}

export const unobserved: StoreObserver = {
  query: unwatched,
  command: unwatched,
  pool: () => undefined,
  redis: () => undefined,
};

/** Turns what the stores tell into metrics, and, by way of `spans`, into traces. */
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
  return {
    query: timed(metrics.queryDuration, spans.query),
    command: timed(metrics.commandDuration, spans.command),
    pool: (name, state) => void pools.set(name, state),
    redis: (connection, isReady) => {
      metrics.redisConnected.set({ connection }, Number(isReady));
      if (connection === 'commands') metrics.degraded.set({ dependency: 'redis' }, Number(!isReady));
    },
  };
}
