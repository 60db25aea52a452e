import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { keepFiringFor, unlessEnded } from './outages.ts';
import { type Alert, alertingRule } from './rule.ts';

/** Causes of slow or lost requests inside of the process. */
export function processAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  // Suspect networks may fill only half of the queue. That they wait or are refused says nothing about users.
  const users = `${selector},priority!="suspect"`;
  return [
    alertingRule(values, 'AuthEventLoopLag', 'warning', {
      expr: `max by (pod) (avg_over_time(nodejs_eventloop_lag_p99_seconds{${selector}}[10m])) > 0.25`,
      for: '5m',
      summary: 'The event loop of a pod is blocked again and again',
      description:
        'In pod {{ $labels.pod }}, one in a hundred events waits longer than {{ $value | humanizeDuration }}. All its requests wait with it.',
    }),
    alertingRule(values, 'AuthHashQueueSaturated', 'warning', {
      expr:
        `sum(rate(auth_hash_rejected_total{${users}}[5m])) > 0.1 or ` +
        `histogram_quantile(0.95, sum by (le) (rate(auth_hash_wait_seconds_bucket{${users}}[5m]))) > 1`,
      for: '3m',
      summary: 'The password hash queue is saturated: logins are slow or refused',
      description:
        'Hashes rejected per second, or 95th percentile of the queue time in seconds: {{ $value | humanize }}.',
    }),
  ];
}

/** Aborted requests, other than those after slow logins. */
export function requestsAbortedAlert(values: Values): Alert {
  const selector = serviceSelector(values);
  const requests = `http_requests_total{${selector}}`;
  const aborted = `http_requests_total{${selector},result="aborted"}`;
  // The service level objectives do not show this: an aborted request is neither a server error nor a slow success.
  // Both the ratio of aborted requests in a class and their number must be exceeded, so that a few do not count.
  const many =
    `sum by (class) (rate(${aborted}[5m])) / sum by (class) (rate(${requests}[5m]))` +
    ` > 0.05 and sum by (class) (increase(${aborted}[15m])) > 50`;
  return alertingRule(values, 'AuthRequestsAborted', 'warning', {
    expr: unlessEnded(values, 'AuthLoginsSlow', keepFiringFor, many),
    for: '15m',
    summary: 'Clients of auth-service disconnect before they receive a response',
    description:
      '{{ $value | humanizePercentage }} of {{ $labels.class }} requests are aborted by the client.',
  });
}
