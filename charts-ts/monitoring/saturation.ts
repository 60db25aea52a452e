import { names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { quantile, rate, type Section } from './panel.ts';
import { ownNamespace, ownSeries } from './rule.ts';

/** What runs out first: CPU for hashes, then everything behind it. */
export function saturation(values: Values): Section {
  const own = ownSeries(values);
  const container = `{${ownNamespace(values)},container="${names.app}"}`;
  const byPod = (counter: string): string => `sum by (pod) (${rate(`${counter}${container}`)})`;
  return {
    title: 'Saturation',
    panels: [
      {
        title: 'Requests in flight',
        description: 'Not answered yet, by pod. Grows when something below is slow.',
        unit: 'none',
        queries: [{ expr: `sum by (pod) (http_requests_in_flight{${own}})`, legend: '{{pod}}' }],
      },
      {
        title: 'CPU',
        description: 'Cores used, by pod. At the limit hashes queue first.',
        unit: 'short',
        queries: [{ expr: `sum by (pod) (${rate(`process_cpu_seconds_total{${own}}`)})`, legend: '{{pod}}' }],
      },
      {
        title: 'CPU throttling',
        description:
          'Share of periods of 100 ms in which a pod wanted more CPU than its limit; such a pod is slow, however ' +
          'idle it looks. From cAdvisor.',
        unit: 'percentunit',
        isOfCluster: true,
        queries: [
          {
            expr: `${byPod('container_cpu_cfs_throttled_periods_total')} / ${byPod('container_cpu_cfs_periods_total')}`,
            legend: '{{pod}}',
          },
        ],
      },
      {
        title: 'Wait for a password hash',
        description:
          'Seconds until a slot is free: the first thing to saturate, and what the autoscaler may follow.',
        unit: 's',
        queries: [0.5, 0.95].map((q) => ({
          expr: quantile(q, 'auth_hash_wait_seconds', own),
          legend: `p${q * 100}`,
        })),
      },
      {
        title: 'Event-loop lag, p99',
        description: 'Seconds by pod. Above 0.1 every request of that pod is slow.',
        unit: 's',
        queries: [{ expr: `max by (pod) (nodejs_eventloop_lag_p99_seconds{${own}})`, legend: '{{pod}}' }],
      },
    ],
  };
}
