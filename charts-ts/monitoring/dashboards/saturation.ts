import { apiContainer } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { containerSelector, serviceSelector } from '../promql.ts';
import { byPod, type Panel, panel, quantiles, rate, rateBy } from './panel.ts';

function cpuThrottling(values: Values): Panel {
  const container = `{${containerSelector(values, apiContainer)}}`;
  const periods = (counter: string): string => `sum by (pod) (${rate(`${counter}${container}`)})`;
  const throttled = periods('container_cpu_cfs_throttled_periods_total');
  const expr = `${throttled} / ${periods('container_cpu_cfs_periods_total')}`;
  return panel('CPU throttling', 'percentunit', [{ legend: '{{pod}}', expr }], {
    description:
      'Share of the scheduling periods (100 ms) in which the pod was throttled at its CPU limit. A throttled pod is ' +
      'slow even if its average CPU usage is low. The data comes from cAdvisor.',
    requiresKubernetes: true,
  });
}

export function eventLoopLag(selector: string): Panel {
  return panel('Event loop lag, p99', 's', [byPod(`nodejs_eventloop_lag_p99_seconds{${selector}}`)], {
    description: 'Seconds, by pod. Above 0.1 s every request of the pod is slow.',
  });
}

/** CPU for password hashes saturates first, and everything else afterwards. */
export function saturation(values: Values): Panel[] {
  const selector = serviceSelector(values);
  const closed = rateBy(['reason'], `http_connections_closed_total{${selector}}`);
  return [
    panel('Requests in flight', 'none', [byPod(`http_requests_in_flight{${selector}}`, 'sum')], {
      description:
        'Requests that are being handled, by pod. The number grows when a dependency or the hash queue is slow.',
    }),
    panel('Open connections', 'none', [byPod(`http_connections{${selector}}`, 'sum')], {
      description: 'Connections of clients, by pod. The log line with the event limits states the maximum.',
    }),
    panel('Connections closed by limits', 'cps', [closed], {
      description:
        'Connections per second that the service closed because a client occupied too much: connections of an address or ' +
        'of the process, bodies that arrive slowly, or responses that are not read.',
    }),
    panel('CPU usage', 'short', [rateBy(['pod'], `process_cpu_seconds_total{${selector}}`)], {
      description:
        'CPU cores in use, by pod. Hashing uses at most 70 % of a CPU limit, so the hash queue grows before the pod ' +
        'reaches it.',
    }),
    cpuThrottling(values),
    panel('Hash queue time', 's', quantiles('auth_hash_wait_seconds', selector, [0.5, 0.95]), {
      description:
        'Seconds that a password hash waits for a free slot. This saturates first, and the autoscaler can scale on it.',
    }),
    eventLoopLag(selector),
  ];
}
