import { type PanelCases, percent, when, whenEach } from './case.ts';
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
const operations = (what: string, name: string) =>
  whenEach(
    { green: 0.1, orange: 0.25 },
    (failed) => `${percent(failed)} of the ${what} fail`,
    (failed) => [
      ...histogram(name, 10 * (1 - failed), 0.002, { pod, outcome: 'ok' }),
      ...histogram(name, 10 * failed, 0.002, { pod, outcome: 'error' }),
    ],
  );

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
  'Failed Postgres queries': operations('queries', 'auth_postgres_query_duration_seconds'),
  'Failed Redis commands': operations('commands', 'auth_redis_command_duration_seconds'),
  'Time since the last purge': whenEach(
    { green: 49, orange: 51 },
    (hours) => `the last purge was ${hours} hours ago`,
    (hours) => gauge('auth_last_purge_age_seconds', hours * hour, { pod }),
  ),
};

const processes: PanelCases = {
  ...eventLoopLag,
  'Garbage collection time': whenEach(
    { green: 0.09, orange: 0.11 },
    (share) => `a pod collects garbage for ${percent(share)} of the time`,
    (share) => counter('nodejs_gc_duration_seconds_sum', share, { pod, kind: 'minor' }),
  ),
  'Process restarts, 1 hour': {
    green: when('the process runs since the beginning', gauge('process_start_time_seconds', 1_000, { pod })),
    orange: when('the process was replaced ten minutes ago', restarted),
  },
};

export const runtimeCases: PanelCases = { ...degradedDependencies, ...stores, ...processes };
