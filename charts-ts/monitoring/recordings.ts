import type { Values } from '../values/schema.ts';
import { type Recording, recordingRule } from './alerts/rule.ts';
import { serviceSelector } from './promql.ts';
import { latencySelector, latencyStatuses } from './slo/objectives.ts';

/** A counter, or the buckets of a histogram, summed over all pods. */
interface Sum {
  readonly series: string;
  readonly by: readonly string[];
  /** Label matchers beside those of the installation. */
  readonly matchers?: string;
}

/**
 * What dashboards read instead of the counters of each pod, by the name of the recorded series, which ends with the function and its
 * window. 50 pods have tens of thousands of series, which no graph of six hours reads within 200 ms. Five minutes contain enough
 * samples for any scrape interval up to two minutes, so that a missed scrape makes no gap. Longer windows are those of alerts.
 */
const sums = {
  'auth:http_requests:rate5m': { series: 'http_request_duration_seconds_count', by: ['route', 'status'] },
  'auth:class_requests:rate5m': { series: 'http_requests_total', by: ['class', 'result'] },
  // The latency objective.
  'auth:authentication_duration_bucket:rate5m': {
    series: 'http_request_duration_seconds_bucket',
    by: ['le'],
    matchers: latencySelector,
  },
  'auth:connections_closed:rate5m': { series: 'http_connections_closed_total', by: ['reason'] },
  'auth:logins:rate5m': { series: 'auth_logins_total', by: ['outcome', 'reason'] },
  'auth:logins:rate10m': { series: 'auth_logins_total', by: ['outcome', 'reason'] },
  'auth:registrations:rate5m': { series: 'auth_registrations_total', by: ['outcome'] },
  'auth:password_breach_checks:rate5m': { series: 'auth_password_breach_checks_total', by: ['result'] },
  'auth:rate_limited:rate5m': { series: 'auth_rate_limited_total', by: ['limit'] },
  'auth:lockouts:increase15m': { series: 'auth_lockouts_total', by: [] },
  'auth:refreshes:rate5m': { series: 'auth_refreshes_total', by: ['outcome', 'cause'] },
  'auth:refresh_reuses:increase15m': {
    series: 'auth_refreshes_total',
    by: ['cause'],
    matchers: 'cause=~"reuse_.+"',
  },
  'auth:session_anomalies:increase15m': { series: 'auth_session_anomalies_total', by: ['action'] },
  'auth:state_copies_forged:increase1h': {
    series: 'auth_state_copies_refused_total',
    by: ['reason'],
    matchers: 'reason!="bad_time"',
  },
  'auth:jwks_requests:rate5m': { series: 'auth_jwks_requests_total', by: [] },
  'auth:hash_duration_bucket:rate5m': { series: 'auth_hash_duration_seconds_bucket', by: ['le'] },
  'auth:hash_wait_bucket:rate5m': { series: 'auth_hash_wait_seconds_bucket', by: ['le', 'priority'] },
  'auth:hash_rejected:rate5m': { series: 'auth_hash_rejected_total', by: ['priority'] },
  'auth:postgres_query_duration_bucket:rate5m': {
    series: 'auth_postgres_query_duration_seconds_bucket',
    by: ['le', 'outcome'],
  },
  'auth:redis_command_duration_bucket:rate5m': {
    series: 'auth_redis_command_duration_seconds_bucket',
    by: ['le', 'outcome'],
  },
  'auth:redis_commands_failed:rate5m': { series: 'auth_redis_commands_failed_total', by: ['reason'] },
} as const satisfies Record<string, Sum>;

const seriesOf = (name: string, selector: string, matchers?: string): string =>
  `${name}{${selector}${matchers ? `,${matchers}` : ''}}`;

/**
 * The recorded series of the chosen installation. They have no pod.
 * @param selector label matchers of the installation, without braces
 * @param matchers further label matchers
 */
export const recorded = (name: keyof typeof sums, selector: string, matchers?: string): string =>
  seriesOf(name, selector, matchers);

function sumRule(values: Values, record: string, { by, matchers, series }: Sum): Recording {
  const [, over, window] = /:(rate|increase)(\w+)$/.exec(record) ?? [];
  const counters = `${over}(${seriesOf(series, serviceSelector(values), matchers)}[${window}])`;
  return recordingRule(values, record, `sum${by.length ? ` by (${by.join(', ')}) ` : ''}(${counters})`);
}

/** Recording rules of the dashboards. */
export function dashboardRecordings(values: Values): Recording[] {
  const rules = Object.entries<Sum>(sums).map(([record, sum]) => sumRule(values, record, sum));
  // The buckets of all routes would be too many for a graph, so the quantile itself is recorded. Fast refusals would hide slow
  // requests.
  const buckets = seriesOf('http_request_duration_seconds_bucket', serviceSelector(values), latencyStatuses);
  const slowest = `histogram_quantile(0.95, sum by (le, route) (rate(${buckets}[5m])))`;
  return [...rules, recordingRule(values, 'auth:route_duration_p95:rate5m', slowest)];
}
