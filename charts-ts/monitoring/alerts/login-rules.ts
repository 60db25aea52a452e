import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { unlessOutageEnded } from './outages.ts';
import { type Alert, alertingRule } from './rule.ts';
import { fallenBelow, fallenOnOneDay, traffic } from './traffic.ts';

/** Seconds. A login takes one argon2 hash, which takes a fraction of it. */
const slowLogin = 0.5;

/** More than half of the logins are slow in the last minutes, and enough of them in the window to mean something. */
function slowLogins(values: Values): string {
  // Refusals are delayed on purpose for suspect networks, and errors count as unavailability.
  const selector = `${serviceSelector(values)},route="/api/v1/auth/login",status!~"401|403|429|5.."`;
  const sum = (series: string, matchers: string, window: string): string =>
    `sum(increase(http_request_duration_seconds_${series}{${selector}${matchers}}[${window}]))`;
  const all = (window: string): string => sum('count', '', window);
  const slow = (window: string): string =>
    `(${all(window)} - ${sum('bucket', `,le="${slowLogin}"`, window)})`;
  const most = (window: string): string => `${slow(window)} / ${all(window)} > 0.5`;
  // A small installation has ten logins in half an hour.
  return `${most('5m')} and (${slow('5m')} > 10 or (${most('30m')} and ${slow('30m')} > 10))`;
}

/** Symptoms that the service level objectives show late or not at all: logins that are slow, and users that are missing. */
export function loginAlerts(values: Values): Alert[] {
  const isUp = `max by (job) (up{${serviceSelector(values)}}) == 1`;
  const collapsed =
    `${fallenBelow(values, traffic.logins, 0.1, 0.05)}` +
    ` unless (${fallenOnOneDay(values, traffic.authenticationRequests, 0.4)})`;
  return [
    alertingRule(values, 'AuthLoginsSlow', 'critical', {
      expr: slowLogins(values),
      // Not earlier than the alerts that explain it.
      for: '3m',
      summary: 'Most logins are slow',
      description: `{{ $value | humanizePercentage }} of the successful logins of the last five minutes took longer than ${slowLogin} seconds.`,
    }),
    alertingRule(values, 'AuthLoginSuccessCollapsed', 'critical', {
      // The requests for authentication must not have fallen as much: on a holiday everything falls. They contain the
      // refreshes of those who are logged in, and attempts that are refused.
      expr: unlessOutageEnded(values, collapsed),
      for: '10m',
      summary: 'Hardly anybody logs in, although users are there',
      description:
        'Only {{ $value | humanize }} logins per second succeed, less than a tenth of what is usual at this time.',
    }),
    alertingRule(values, 'AuthNoTraffic', 'critical', {
      expr: unlessOutageEnded(
        values,
        `${fallenBelow(values, traffic.requests, 0.05, 0.1)} and on (job) ${isUp}`,
      ),
      for: '10m',
      summary: 'Requests no longer reach auth-service',
      description:
        'Only {{ $value | humanize }} requests per second arrive, less than a twentieth of what is usual at this time.',
    }),
  ];
}
