import { type PanelCases, when } from './case.ts';
import { eventLoopLag } from './saturation.ts';
import { type CaseSeries, counter, duration, gauge, histogram } from './series.ts';
import { pod } from './situations.ts';

const hour = 3_600;
/** Four pods, of which some cannot use a store. */
const degraded = (dependency: string, count: number): CaseSeries[] =>
  [0, 1, 2, 3].map((index) =>
    gauge('auth_degraded', index < count ? 1 : 0, { pod: `auth-service-7d9f8b6c54-${index}`, dependency }),
  );

/** A pool of ten connections for which some queries wait. */
const waiting = (queries: number): CaseSeries[] => [
  gauge('auth_postgres_pool_waiting', queries, { pod, pool: 'primary' }),
  gauge('auth_postgres_pool_size', 10, { pod, pool: 'primary' }),
];

/** Ten operations per second of which a share fails. */
const operations = (name: string, failed: number) => [
  ...histogram(name, 10 * (1 - failed), 0.002, { pod, outcome: 'ok' }),
  ...histogram(name, 10 * failed, 0.002, { pod, outcome: 'error' }),
];

/** The start of a process that was replaced some minutes before the end. */
const restarted: CaseSeries = {
  name: 'process_start_time_seconds',
  labels: { pod },
  at: (seconds) => (seconds < duration - 600 ? 1_000 : 2_000),
};

export const degradedDependencies: PanelCases = {
  'Degraded dependencies': {
    green: when('all pods can use both stores', degraded('postgres', 0), degraded('redis', 0)),
    orange: when('one of four pods cannot reach Redis', degraded('postgres', 0), degraded('redis', 1)),
    red: when('three of four pods cannot reach Postgres', degraded('postgres', 3)),
  },
};

const stores: PanelCases = {
  'Queries waiting for each connection': {
    green: when('one query waits for ten connections', waiting(1)),
    orange: when('three queries wait for ten connections', waiting(3)),
  },
  'Failed Postgres queries': {
    green: when('a tenth of the queries fails', operations('auth_postgres_query_duration_seconds', 0.1)),
    orange: when('a quarter of the queries fails', operations('auth_postgres_query_duration_seconds', 0.25)),
  },
  'Failed Redis commands': {
    green: when('a tenth of the commands fails', operations('auth_redis_command_duration_seconds', 0.1)),
    orange: when('a quarter of the commands fails', operations('auth_redis_command_duration_seconds', 0.25)),
  },
  'Time since the last purge': {
    green: when('the last purge was 49 hours ago', gauge('auth_last_purge_age_seconds', 49 * hour, { pod })),
    orange: when('the last purge was 51 hours ago', gauge('auth_last_purge_age_seconds', 51 * hour, { pod })),
  },
};

const processes: PanelCases = {
  ...eventLoopLag,
  'Garbage collection time': {
    green: when(
      'a pod collects garbage for 9 % of the time',
      counter('nodejs_gc_duration_seconds_sum', 0.09, { pod, kind: 'minor' }),
    ),
    orange: when(
      'a pod collects garbage for 11 % of the time',
      counter('nodejs_gc_duration_seconds_sum', 0.11, { pod, kind: 'minor' }),
    ),
  },
  'Process restarts, 1 hour': {
    green: when('the process runs since the beginning', gauge('process_start_time_seconds', 1_000, { pod })),
    orange: when('the process was replaced ten minutes ago', restarted),
  },
};

export const runtimeCases: PanelCases = { ...degradedDependencies, ...stores, ...processes };
