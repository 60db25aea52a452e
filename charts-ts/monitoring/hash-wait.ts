import type { IMetricSpec } from 'kubernetes-models/autoscaling/v2';
import { stringify } from 'yaml';
import type { Values } from '../values/schema.ts';
import { serviceSelector } from './promql.ts';

/** Name in prometheus-adapter: average queue time of password hashes over two minutes, in seconds, by pod. */
const metricName = 'auth_hash_wait_seconds_average';

/** The hash queue time as a metric of the autoscaler. It depends on logins alone, unlike CPU usage. */
export function hashWaitMetric({ autoscaling }: Values): IMetricSpec {
  const averageValue = autoscaling.hashWait.target;
  return {
    type: 'Pods',
    pods: { metric: { name: metricName }, target: { type: 'AverageValue', averageValue } },
  };
}

/** Template of prometheus-adapter. clamp_min makes the result 0 instead of NaN while nobody logs in. */
export const hashWaitQuery =
  'sum by (<<.GroupBy>>) (rate(auth_hash_wait_seconds_sum{<<.LabelMatchers>>}[2m]))' +
  ' / clamp_min(sum by (<<.GroupBy>>) (rate(auth_hash_wait_seconds_count{<<.LabelMatchers>>}[2m])), 0.001)';

/** The rule for prometheus-adapter, in the format of the value `rules.custom` of its chart. */
export function adapterRules(): string {
  const rule = {
    seriesQuery: 'auth_hash_wait_seconds_count{namespace!="",pod!=""}',
    resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
    name: { as: metricName },
    metricsQuery: hashWaitQuery,
  };
  return stringify({ rules: [rule] }, { lineWidth: 0 });
}

/** A trigger of a ScaledObject of KEDA. */
export interface KedaTrigger {
  readonly type: string;
  readonly metricType: 'AverageValue' | 'Utilization' | 'Value';
  readonly metadata: Readonly<Record<string, string>>;
}

/** Seconds of a target such as 1 or 100m. */
const targetSeconds = (target: string): number =>
  target.endsWith('m') ? Number(target.slice(0, -1)) / 1_000 : Number(target);

/** The hash queue time as a trigger of KEDA, which asks Prometheus itself. The query gives the average of all pods. */
export function hashWaitTrigger(values: Values, serverAddress: string): KedaTrigger {
  const series = (name: string) =>
    `sum(rate(auth_hash_wait_seconds_${name}{${serviceSelector(values)}}[2m]))`;
  return {
    type: 'prometheus',
    metricType: 'Value',
    metadata: {
      serverAddress,
      query: `${series('sum')} / clamp_min(${series('count')}, 0.001)`,
      threshold: String(targetSeconds(values.autoscaling.hashWait.target)),
    },
  };
}
