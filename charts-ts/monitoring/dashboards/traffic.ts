import type { Values } from '../../values/schema.ts';
import { latencyLimit, limits } from '../limits.ts';
import { recorded } from '../recordings.ts';
import { latencyRoutes } from '../slo/objectives.ts';
import { type Panel, panel } from './panel.ts';
import { quantiles, share, sumBy } from './queries.ts';
import { badFrom } from './thresholds.ts';
import { selectedInstallation } from './variables.ts';

const requests = (selector: string, matchers?: string): string =>
  recorded('auth:http_requests:rate5m', selector, matchers);

function requestRate(selector: string, label: 'route' | 'status', title: string, description: string): Panel {
  return panel(title, 'reqps', [sumBy([label], requests(selector))], {
    description,
    thresholds: null,
    alerts: ['AuthNoTraffic'],
    logs: {
      condition: 'event = "request"',
      stats: `stats count(*) / 60 as requests by bin(1m), ${label}`,
      unit: 'per second',
    },
  });
}

function serverErrors(selector: string): Panel {
  const errors = sumBy(['status', 'route'], requests(selector, 'status=~"5.."'));
  return panel('Server errors by route', 'reqps', [errors], {
    description:
      'Responses with 5xx per second. 500 is a bug in the service. 503 means that a dependency is unavailable, the ' +
      'hash queue is full, or a pod is shutting down.',
    thresholds: null,
    noValue: 'No server errors',
    alerts: ['AuthAvailabilityBudgetBurnFast', 'AuthAvailabilityBudgetBurnSlow'],
    logs: {
      condition: 'event = "request" and status >= 500',
      stats: 'stats count(*) as errors by bin(1m), route, status, code',
      unit: 'per minute',
    },
    traces: 'status = error',
  });
}

function failedRequests(selector: string): Panel {
  const ofClass = (matchers?: string): string =>
    `sum by (class) (${recorded('auth:class_requests:rate5m', selector, matchers)})`;
  const failed = ['error', 'aborted'].map((result) => ({
    legend: `{{class}} ${result}`,
    expr: share(ofClass(`result="${result}"`), ofClass()),
  }));
  return panel('Failed and aborted requests by class', 'percentunit', failed, {
    description:
      'Share of the requests of each class that ended with a server error (error) or because the client disconnected ' +
      'first (aborted).',
    thresholds: badFrom({ orange: limits.AuthRequestsAborted }),
    alerts: ['AuthRequestsAborted'],
    traces: 'status = error',
  });
}

function authenticationLatency(selector: string): Panel {
  return panel(
    'Authentication latency',
    's',
    quantiles(recorded('auth:authentication_duration_bucket:rate5m', selector)),
    {
      description:
        'Latency of login, registration, token refresh and password reset, without refusals (401, 403, 429) and 5xx. The ' +
        'objective is that 95 % take less than 250 ms.',
      thresholds: badFrom({ orange: latencyLimit, red: limits.AuthLoginsSlow }),
      alerts: ['AuthLoginsSlow', 'AuthLatencyBudgetBurnFast'],
      logs: {
        condition: 'event = "request" and status != 429 and status < 500',
        routes: latencyRoutes,
        stats:
          'stats pct(durationMs, 50) as p50, pct(durationMs, 95) as p95, pct(durationMs, 99) as p99 by bin(1m)',
        unit: 'ms',
      },
      traces: `kind = server && duration > ${latencyLimit * 1_000}ms`,
    },
  );
}

function latencyByRoute(selector: string): Panel {
  const byRoute = { legend: '{{route}}', expr: `auth:route_duration_p95:rate5m{${selector}}` };
  return panel('Latency by route, p95', 's', [byRoute], {
    description:
      '95th percentile of the duration of requests, by route, without refusals (401, 403, 429) and 5xx.',
    thresholds: badFrom({ orange: latencyLimit }),
    alerts: ['AuthLatencyBudgetBurnSlow'],
    logs: {
      condition: 'event = "request"',
      stats: 'stats pct(durationMs, 95) as p95 by bin(1m), route',
      unit: 'ms',
    },
    traces: `kind = server && duration > ${latencyLimit * 1_000}ms`,
  });
}

/** The golden signals of requests: how many, how many fail, and how long they take. */
export function traffic(values: Values): Panel[] {
  const installation = selectedInstallation(values);
  return [
    requestRate(installation, 'route', 'Request rate by route', 'Requests per second, all status codes.'),
    serverErrors(installation),
    authenticationLatency(installation),
    requestRate(
      installation,
      'status',
      'Request rate by status code',
      'Requests per second. 499 means that the client disconnected before the response was complete.',
    ),
    failedRequests(installation),
    latencyByRoute(installation),
  ];
}
