import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { latencyRoutes, latencySelector } from '../slo/objectives.ts';
import {
  type DashboardDefinition,
  type Panel,
  quantile,
  quantiles,
  rate,
  rateBy,
  type Section,
} from './panel.ts';
import { saturation } from './saturation.ts';
import { serviceLevelObjectives } from './service-level-objectives.ts';

const duration = 'http_request_duration_seconds';

function requestRate(selector: string, label: 'route' | 'status', title: string, description: string): Panel {
  return {
    title,
    description,
    unit: 'reqps',
    queries: [rateBy([label], `${duration}_count{${selector}}`)],
    logs: {
      query: `filter event = "request" | stats count(*) / 60 as requests by bin(1m), ${label}`,
      unit: 'per second',
    },
  };
}

function serverErrors(selector: string): Panel {
  return {
    title: 'Server errors by route',
    description:
      'Responses with 5xx per second. 500 is a bug in the service. 503 means that a dependency is unavailable, the ' +
      'hash queue is full, or a pod is shutting down.',
    unit: 'reqps',
    queries: [rateBy(['status', 'route'], `${duration}_count{${selector},status=~"5.."}`)],
    logs: {
      query:
        'filter event = "request" and status >= 500 | stats count(*) as errors by bin(1m), route, status, code',
      unit: 'per minute',
    },
  };
}

function failedRequests(selector: string): Panel {
  const total = `sum by (class) (${rate(`http_requests_total{${selector}}`)})`;
  return {
    title: 'Failed and aborted requests by class',
    description:
      'Share of the requests of each class that ended with a server error (error) or because the client disconnected ' +
      'first (aborted).',
    unit: 'percentunit',
    queries: ['error', 'aborted'].map((result) => ({
      legend: `{{class}} ${result}`,
      expr: `sum by (class) (${rate(`http_requests_total{${selector},result="${result}"}`)}) / ${total}`,
    })),
  };
}

function traffic(selector: string): Section {
  return {
    title: 'Traffic and errors',
    panels: [
      requestRate(selector, 'route', 'Request rate by route', 'Requests per second, all status codes.'),
      requestRate(
        selector,
        'status',
        'Request rate by status code',
        'Requests per second. 499 means that the client disconnected before the response was complete.',
      ),
      serverErrors(selector),
      failedRequests(selector),
    ],
  };
}

function authenticationLatency(selector: string): Panel {
  const routes = latencyRoutes.replaceAll('/', '\\/');
  return {
    title: 'Authentication latency',
    description:
      'Latency of login, registration, token refresh and password reset, without responses 429 and 5xx. The objective ' +
      'is that 95 % take less than 250 ms.',
    unit: 's',
    queries: quantiles([0.5, 0.95, 0.99], duration, `${selector},${latencySelector}`),
    logs: {
      query:
        `filter event = "request" and route like /^${routes}$/ and status != 429 and status < 500 | ` +
        'stats pct(durationMs, 50) as p50, pct(durationMs, 95) as p95, pct(durationMs, 99) as p99 by bin(1m)',
      unit: 'ms',
    },
  };
}

function latency(selector: string): Section {
  const byRoute: Panel = {
    title: 'Latency by route, p95',
    description: '95th percentile of the duration of requests, by route.',
    unit: 's',
    queries: [{ legend: '{{route}}', expr: quantile(0.95, duration, selector, ['route']) }],
    logs: {
      query: 'filter event = "request" | stats pct(durationMs, 95) as p95 by bin(1m), route',
      unit: 'ms',
    },
  };
  return { title: 'Latency', panels: [authenticationLatency(selector), byRoute] };
}

/** Are the service level objectives met, and what saturates next? */
export function overview(values: Values): DashboardDefinition {
  const selector = serviceSelector(values);
  return {
    title: 'Auth service / Overview',
    sections: [serviceLevelObjectives(values), traffic(selector), latency(selector), saturation(values)],
  };
}
