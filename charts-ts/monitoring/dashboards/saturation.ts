import { apiContainer } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { hashLimits, limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { type Panel, panel } from './panel.ts';
import { byPod, quantiles, rate, rateBy, share, sumBy } from './queries.ts';
import { badFrom } from './thresholds.ts';
import { selectedContainers, selectedInstallation, selectedPods } from './variables.ts';

function cpuThrottling(container: string): Panel {
  const periods = (counter: string): string => `sum by (pod) (${rate(`${counter}{${container}}`)})`;
  const throttled = periods('container_cpu_cfs_throttled_periods_total');
  const expr = share(throttled, periods('container_cpu_cfs_periods_total'));
  return panel('CPU throttling', 'percentunit', [{ legend: '{{pod}}', expr }], {
    description:
      'Share of the scheduling periods (100 ms) in which the pod was throttled at its CPU limit. A throttled pod is ' +
      'slow even if its average CPU usage is low. Empty without a CPU limit. The data comes from cAdvisor.',
    thresholds: badFrom({ orange: limits.AuthCpuThrottled }),
    alerts: ['AuthCpuThrottled'],
    requiresKubernetes: true,
  });
}

function memoryOfLimit(container: string): Panel {
  const used = `max by (pod) (container_memory_working_set_bytes{${container}})`;
  const limit =
    `(max by (pod) (kube_pod_container_resource_limits{${container},resource="memory"})` +
    ` or max by (pod) (container_spec_memory_limit_bytes{${container}} > 0))`;
  return panel('Memory of the limit', 'percentunit', [{ legend: '{{pod}}', expr: `${used} / ${limit}` }], {
    description:
      'Share of its memory limit that the working set of the pod uses. Kubernetes kills a pod at 100 % (OOMKilled). The data ' +
      'comes from cAdvisor and kube-state-metrics.',
    thresholds: badFrom({ orange: limits.AuthMemoryNearLimit }),
    alerts: ['AuthMemoryNearLimit'],
    requiresKubernetes: true,
  });
}

export function eventLoopLag(pods: string): Panel {
  return panel('Event loop lag, p99', 's', [byPod(`nodejs_eventloop_lag_p99_seconds{${pods}}`)], {
    description: `Seconds, by pod. Above ${limits.AuthEventLoopLag} s every request of the pod is slow.`,
    thresholds: badFrom({ orange: limits.AuthEventLoopLag }),
    alerts: ['AuthEventLoopLag'],
  });
}

function hashQueue(values: Values): Panel {
  // Suspect networks may fill only half of the queue. How long they wait says nothing about users.
  const buckets = recorded(
    'auth:hash_wait_bucket:rate5m',
    selectedInstallation(values),
    'priority!="suspect"',
  );
  return panel('Hash queue time', 's', quantiles(buckets, [0.5, 0.95]), {
    description:
      'Seconds that a password hash waits for a free slot, without those of suspect networks. This saturates first, and the ' +
      'autoscaler can scale on it.',
    thresholds: badFrom({ orange: hashLimits.queueTime }),
    alerts: ['AuthHashQueueSaturated'],
  });
}

function connections(values: Values): Panel[] {
  const pods = selectedPods(values);
  const closed = sumBy(['reason'], recorded('auth:connections_closed:rate5m', selectedInstallation(values)));
  return [
    panel('Requests in flight', 'none', [byPod(`http_requests_in_flight{${pods}}`, 'sum')], {
      description:
        'Requests that are being handled, by pod. The number grows when a dependency or the hash queue is slow.',
      thresholds: null,
    }),
    panel('Open connections', 'none', [byPod(`http_connections{${pods}}`, 'sum')], {
      description: 'Connections of clients, by pod. The log line with the event limits states the maximum.',
      thresholds: null,
    }),
    panel('Connections closed by limits', 'cps', [closed], {
      description:
        'Connections per second that the service closed because a client occupied too much: connections of an address or ' +
        'of the process, bodies that arrive slowly, or responses that are not read.',
      thresholds: null,
    }),
  ];
}

/** CPU for password hashes saturates first, and everything else afterwards. */
export function saturation(values: Values): Panel[] {
  const selected = selectedPods(values);
  const container = selectedContainers(values, apiContainer);
  return [
    hashQueue(values),
    panel('CPU usage', 'short', [rateBy(['pod'], `process_cpu_seconds_total{${selected}}`)], {
      description:
        'CPU cores in use, by pod. Hashing uses at most 70 % of a CPU limit, so the hash queue grows before the pod ' +
        'reaches it.',
      thresholds: null,
      alerts: ['AuthAutoscalerAtMaximum'],
    }),
    cpuThrottling(container),
    memoryOfLimit(container),
    eventLoopLag(selected),
    ...connections(values),
  ];
}
