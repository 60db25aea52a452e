import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { latencyRoutes, latencySelector } from '../slo/objectives.ts';
import { type DashboardDefinition, type Panel, panel, quantile, quantiles, rate, rateBy } from './panel.ts';
import { saturation } from './saturation.ts';
import { serviceLevelObjectives } from './service-level-objectives.ts';

const duration = 'http_request_duration_seconds';

function requestRate(selector: string, label: 'route' | 'status', title: string, description: string): Panel {
  return panel(title, 'reqps', [rateBy([label], `${duration}_count{${selector}}`)], {
    description,
    logs: {
      query: `filter event = "request" | stats count(*) / 60 as requests by bin(1m), ${label}`,
      unit: 'per second',
    },
  });
}

function traffic(selector: string): Panel[] {
  const serverErrors = rateBy(['status', 'route'], `${duration}_count{${selector},status=~"5.."}`);
  const requests = (matchers: string) =>
    `sum by (class) (${rate(`http_requests_total{${selector}${matchers}}`)})`;
  const failed = ['error', 'aborted'].map((result) => ({
    legend: `{{class}} ${result}`,
    expr: `${requests(`,result="${result}"`)} / ${requests('')}`,
  }));
  return [
    requestRate(selector, 'route', 'Request rate by route', 'Requests per second, all status codes.'),
    requestRate(
      selector,
      'status',
      'Request rate by status code',
      'Requests per second. 499 means that the client disconnected before the response was complete.',
    ),
    panel('Server errors by route', 'reqps', [serverErrors], {
      description:
        'Responses with 5xx per second. 500 is a bug in the service. 503 means that a dependency is unavailable, the ' +
        'hash queue is full, or a pod is shutting down.',
      logs: {
        query:
          'filter event = "request" and status >= 500 | stats count(*) as errors by bin(1m), route, status, code',
        unit: 'per minute',
      },
    }),
    panel('Failed and aborted requests by class', 'percentunit', failed, {
      description:
        'Share of the requests of each class that ended with a server error (error) or because the client disconnected ' +
        'first (aborted).',
    }),
  ];
}

function latency(selector: string): Panel[] {
  const routes = latencyRoutes.replaceAll('/', '\\/');
  const byRoute = { legend: '{{route}}', expr: quantile(0.95, duration, selector, ['route']) };
  const authentication = quantiles(duration, `${selector},${latencySelector}`);
  return [
    panel('Authentication latency', 's', authentication, {
      description:
        'Latency of login, registration, token refresh and password reset, without responses 429 and 5xx. The objective ' +
        'is that 95 % take less than 250 ms.',
      logs: {
        query:
          `filter event = "request" and route like /^${routes}$/ and status != 429 and status < 500 | ` +
          'stats pct(durationMs, 50) as p50, pct(durationMs, 95) as p95, pct(durationMs, 99) as p99 by bin(1m)',
        unit: 'ms',
      },
    }),
    panel('Latency by route, p95', 's', [byRoute], {
      description: '95th percentile of the duration of requests, by route.',
      logs: {
        query: 'filter event = "request" | stats pct(durationMs, 95) as p95 by bin(1m), route',
        unit: 'ms',
      },
    }),
  ];
}

/** Are the service level objectives met, and what saturates next? */
export function overview(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Overview',
    sections: [
      { title: 'Service level objectives', panels: serviceLevelObjectives(values) },
      { title: 'Traffic and errors', panels: traffic(selector) },
      { title: 'Latency', panels: latency(selector) },
      { title: 'Saturation', panels: saturation(values) },
    ],
  };
}
