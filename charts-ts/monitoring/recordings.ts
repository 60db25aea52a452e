import type { Values } from '../values/schema.ts';
import type { Recording } from './alerts/rule.ts';
import { seriesLabels, serviceSelector } from './promql.ts';
import { latencySelector, latencyStatuses } from './slo/objectives.ts';

/** A rate over five minutes of the series of all pods. */
interface SummedRate {
  readonly series: string;
  readonly by: readonly string[];
  /** Label matchers beside those of the installation. */
  readonly matchers?: string;
}

/**
 * What dashboards read instead of the histograms of each pod, by the name of the recorded series. 50 pods have tens of
 * thousands of buckets, which no graph of six hours reads within 200 ms. Five minutes contain enough samples for any scrape
 * interval up to two minutes, so that a missed scrape makes no gap.
 */
const summedRates = {
  'auth:http_requests:rate5m': { series: 'http_request_duration_seconds_count', by: ['route', 'status'] },
  // The latency objective.
  'auth:authentication_duration_bucket:rate5m': {
    series: 'http_request_duration_seconds_bucket',
    by: ['le'],
    matchers: latencySelector,
  },
  'auth:hash_duration_bucket:rate5m': { series: 'auth_hash_duration_seconds_bucket', by: ['le'] },
  'auth:hash_wait_bucket:rate5m': { series: 'auth_hash_wait_seconds_bucket', by: ['le', 'priority'] },
  'auth:postgres_query_duration_bucket:rate5m': {
    series: 'auth_postgres_query_duration_seconds_bucket',
    by: ['le'],
  },
  'auth:redis_command_duration_bucket:rate5m': {
    series: 'auth_redis_command_duration_seconds_bucket',
    by: ['le'],
  },
} as const satisfies Record<string, SummedRate>;

/** Recording rules of the dashboards. */
export function dashboardRecordings(values: Values): Recording[] {
  const selector = serviceSelector(values);
  const labels = seriesLabels(values);
  const rates = Object.entries<SummedRate>(summedRates).map(([record, { by, matchers, series }]) => ({
    record,
    expr: `sum by (${by.join(', ')}) (rate(${series}{${selector}${matchers ? `,${matchers}` : ''}}[5m]))`,
    labels,
  }));
  // The buckets of all routes would be too many for a graph, so the quantile itself is recorded. Fast refusals would hide slow
  // requests.
  const buckets = `http_request_duration_seconds_bucket{${selector},${latencyStatuses}}`;
  const expr = `histogram_quantile(0.95, sum by (le, route) (rate(${buckets}[5m])))`;
  return [...rates, { record: 'auth:route_duration_p95:rate5m', expr, labels }];
}
