import { type PanelCases, percent, when, whenEach } from './case.ts';
import { counter, gauge, histogram } from './series.ts';
import { container, pod } from './situations.ts';

const throttled = (share: number) => [
  counter('container_cpu_cfs_periods_total', 10, container),
  counter('container_cpu_cfs_throttled_periods_total', 10 * share, container),
];

const memory = (used: number) => [
  gauge('container_memory_working_set_bytes', used * 512 * 1_048_576, container),
  gauge('kube_pod_container_resource_limits', 512 * 1_048_576, {
    ...container,
    resource: 'memory',
    unit: 'byte',
  }),
];

const hashWait = (seconds: number, priority: string) =>
  histogram('auth_hash_wait_seconds', 2, seconds, { pod, priority });

export const eventLoopLag: PanelCases = {
  'Event loop lag, p99': whenEach(
    { green: 0.2, orange: 0.3 },
    (seconds) => `the lag is ${seconds} s`,
    (seconds) => gauge('nodejs_eventloop_lag_p99_seconds', seconds, { pod }),
  ),
};

export const saturation: PanelCases = {
  ...eventLoopLag,
  'Hash queue time': {
    green: when('hashes wait for 0.4 s, and those of suspect networks for 4 s', [
      ...hashWait(0.4, 'clean'),
      ...hashWait(4, 'suspect'),
    ]),
    orange: when('hashes wait for 1.5 s', hashWait(1.5, 'clean')),
  },
  'CPU throttling': whenEach(
    { green: 0.45, orange: 0.55 },
    (share) => `a pod is throttled in ${percent(share)} of the periods`,
    throttled,
  ),
  'Memory of the limit': whenEach(
    { green: 0.85, orange: 0.95 },
    (share) => `a pod uses ${percent(share)} of its limit`,
    memory,
  ),
};
