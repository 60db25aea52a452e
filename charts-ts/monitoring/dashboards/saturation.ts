import { names } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { namespaceSelector, serviceSelector } from '../promql.ts';
import { byPod, type Panel, quantiles, rate, rateBy, type Section } from './panel.ts';

function cpuThrottling(values: Values): Panel {
  const container = `{${namespaceSelector(values)},container="${names.app}"}`;
  const periods = (counter: string): string => `sum by (pod) (${rate(`${counter}${container}`)})`;
  const throttled = periods('container_cpu_cfs_throttled_periods_total');
  return {
    title: 'CPU throttling',
    description:
      'Share of the scheduling periods (100 ms) in which the pod was throttled at its CPU limit. A throttled pod is ' +
      'slow even if its average CPU usage is low. The data comes from cAdvisor.',
    unit: 'percentunit',
    requiresKubernetes: true,
    queries: [{ legend: '{{pod}}', expr: `${throttled} / ${periods('container_cpu_cfs_periods_total')}` }],
  };
}

/** CPU for password hashes saturates first, and everything else afterwards. */
export function saturation(values: Values): Section {
  const selector = serviceSelector(values);
  const inFlight: Panel = {
    title: 'Requests in flight',
    description:
      'Requests that have not been answered yet, by pod. The number grows when a dependency or the hash queue is slow.',
    unit: 'none',
    queries: [byPod(`http_requests_in_flight{${selector}}`, 'sum')],
  };
  const cpu: Panel = {
    title: 'CPU usage',
    description: 'CPU cores in use, by pod. At the CPU limit the hash queue grows first.',
    unit: 'short',
    queries: [rateBy(['pod'], `process_cpu_seconds_total{${selector}}`)],
  };
  const hashQueueTime: Panel = {
    title: 'Hash queue time',
    description:
      'Seconds that a password hash waits for a free slot. This saturates first, and the autoscaler can scale on it.',
    unit: 's',
    queries: quantiles([0.5, 0.95], 'auth_hash_wait_seconds', selector),
  };
  return {
    title: 'Saturation',
    panels: [inFlight, cpu, cpuThrottling(values), hashQueueTime, eventLoopLag(selector)],
  };
}

export function eventLoopLag(selector: string): Panel {
  return {
    title: 'Event loop lag, p99',
    description: 'Seconds, by pod. Above 0.1 s every request of the pod is slow.',
    unit: 's',
    queries: [byPod(`nodejs_eventloop_lag_p99_seconds{${selector}}`)],
  };
}
