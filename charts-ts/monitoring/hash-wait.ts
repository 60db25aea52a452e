import type { IMetricSpec } from 'kubernetes-models/autoscaling/v2';
import { stringify } from 'yaml';
import type { Values } from '../values/schema.ts';

/** What prometheus-adapter calls it: seconds that a password hash waited, average of two minutes, by pod. */
const metricName = 'auth_hash_wait_seconds_average';

/** The wait as the autoscaler's metric: it grows with logins, while CPU is also used by whatever else runs there. */
export function hashWaitMetric({ autoscaling }: Values): IMetricSpec {
  const averageValue = autoscaling.hashWait.target;
  return {
    type: 'Pods',
    pods: { metric: { name: metricName }, target: { type: 'AverageValue', averageValue } },
  };
}

/** The adapter's templates; without a login the wait is 0, and not 0 divided by 0. */
export const hashWaitQuery =
  'sum by (<<.GroupBy>>) (rate(auth_hash_wait_seconds_sum{<<.LabelMatchers>>}[2m]))' +
  ' / clamp_min(sum by (<<.GroupBy>>) (rate(auth_hash_wait_seconds_count{<<.LabelMatchers>>}[2m])), 0.001)';

/** The rule that prometheus-adapter needs for it, as its `rules.custom` takes it. */
export function adapterRules(): string {
  return stringify(
    {
      rules: [
        {
          seriesQuery: 'auth_hash_wait_seconds_count{namespace!="",pod!=""}',
          resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
          name: { as: metricName },
          metricsQuery: hashWaitQuery,
        },
      ],
    },
    { lineWidth: 0 },
  );
}
