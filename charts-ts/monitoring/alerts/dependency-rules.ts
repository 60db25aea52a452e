import type { Values } from '../../values/schema.ts';
import { serviceSelector, shortestWindow } from '../promql.ts';
import { keepFiringFor, unlessOtherOutage } from './outages.ts';
import { type Alert, alertingRule } from './rule.ts';

/** Share of failed operations above which a store counts as degraded although it is connected. */
const maxErrorRatio = 0.2;

/**
 * Error ratio of a store's operations. Five minutes hide a short disturbance. The shortest window ends the alert soon after
 * its cause.
 */
function errorRatioExceeded(values: Values, errors: (window: string) => string, all: string): string {
  return ['5m', shortestWindow(values)]
    .map((window) => `${errors(window)} / sum(rate(${all}[${window}])) > ${maxErrorRatio}`)
    .join(' and ');
}

function errorsOf(operations: string, selector: string) {
  return (window: string): string => `sum(rate(${operations}{${selector},outcome="error"}[${window}]))`;
}

/** Nothing but token checks works without Postgres, so this is the page for its outage. */
export function postgresOutageAlert(values: Values): Alert {
  const isAway = `avg(auth_degraded{${serviceSelector(values)},dependency="postgres"}) >= 0.5`;
  return alertingRule(values, 'AuthPostgresUnavailable', 'critical', {
    // If a few of many pods cannot reach Postgres, Postgres works: AuthPostgresErrors is a ticket, and the error budget pages
    // if users notice. Two minutes, because a failover takes one.
    expr: unlessOtherOutage(values, 'AuthPostgresUnavailable', isAway),
    for: '2m',
    keepFiringFor,
    summary: 'Postgres is unavailable: nobody can log in',
    description:
      '{{ $value | humanizePercentage }} of the pods cannot use Postgres. Logins, registrations and refreshes fail; token checks are answered from Redis for a few minutes.',
  });
}

function postgresAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  const queries = 'auth_postgres_query_duration_seconds_count';
  // Registrations of taken names are subtracted: each is an error to Postgres, and an attacker can cause many.
  const taken = `auth_registrations_total{${selector},outcome=~"(email|username)_taken"}`;
  const failed = (window: string): string =>
    `(${errorsOf(queries, selector)(window)} - (sum(rate(${taken}[${window}])) or vector(0)))`;
  // In proportion to the pools of all pods, so that it means the same for one pod and for fifty.
  const waiting = (window: string): string =>
    `sum by (pool) (avg_over_time(auth_postgres_pool_waiting{${selector}}[${window}]))` +
    ` / sum by (pool) (auth_postgres_pool_size{${selector}}) > 0.2`;
  return [
    alertingRule(values, 'AuthPostgresErrors', 'warning', {
      expr:
        `max(auth_degraded{${selector},dependency="postgres"}) == 1 or ` +
        errorRatioExceeded(values, failed, `${queries}{${selector}}`),
      for: '3m',
      summary: 'Postgres refuses queries, or some pods cannot reach it',
      description:
        'Postgres refuses more than a fifth of the queries, or at least one pod cannot reach it or write to it.',
    }),
    alertingRule(values, 'AuthPostgresPoolWaits', 'warning', {
      expr: `${waiting('10m')} and ${waiting(shortestWindow(values))}`,
      for: '5m',
      summary: 'Queries wait for a connection to Postgres',
      description:
        'On average over ten minutes, {{ $value | humanize }} queries wait for each connection of the pool {{ $labels.pool }}.',
    }),
  ];
}

function redisAlert(values: Values): Alert {
  const selector = serviceSelector(values);
  const commands = 'auth_redis_command_duration_seconds_count';
  return alertingRule(values, 'AuthRedisUnavailable', 'warning', {
    // A ticket: no request fails without Redis.
    expr:
      `max(auth_degraded{${selector},dependency="redis"}) == 1 or ` +
      errorRatioExceeded(values, errorsOf(commands, selector), `${commands}{${selector}}`),
    for: '3m',
    keepFiringFor,
    summary: 'Redis is unavailable: rate limits are counted by each pod, and revocations take a second',
    description:
      'At least one pod cannot use Redis, or Redis refuses more than a fifth of the commands. No request fails because of it.',
  });
}

/** Tickets about Postgres and Redis. */
export const dependencyAlerts = (values: Values): Alert[] => [...postgresAlerts(values), redisAlert(values)];
