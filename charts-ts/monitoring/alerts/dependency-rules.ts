import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

const day = 86_400;
/** Seconds. Keys are rotated once a quarter. */
const maxSigningKeyAge = 100 * day;
/** Seconds. The purge runs daily, and one run may fail. */
const maxPurgeAge = 2 * day + day / 12;

/** Share of failed operations above which a store counts as degraded although it is connected. */
const maxErrorRatio = 0.2;

/**
 * Error ratio of a store's operations, labelled with the store. Five minutes hide a short disturbance. The last two
 * minutes end the alert soon after its cause.
 */
function errorRatioExceeded(dependency: string, errors: (window: string) => string, all: string): string {
  const exceeded = (window: string): string =>
    `${errors(window)} / sum(rate(${all}[${window}])) > ${maxErrorRatio}`;
  return `label_replace(${exceeded('5m')} and ${exceeded('2m')}, "dependency", "${dependency}", "", "")`;
}

function degradedAlert(values: Values): Alert {
  const selector = serviceSelector(values);
  const failed = (operations: string) => (window: string) =>
    `sum(rate(${operations}{${selector},outcome="error"}[${window}]))`;
  const commands = 'auth_redis_command_duration_seconds_count';
  const queries = 'auth_postgres_query_duration_seconds_count';
  // Registrations of taken names are subtracted: each is an error to Postgres, and an attacker can cause many.
  const taken = `auth_registrations_total{${selector},outcome=~"(email|username)_taken"}`;
  const failedQueries = (window: string) =>
    `(${failed(queries)(window)} - (sum(rate(${taken}[${window}])) or vector(0)))`;
  const conditions = [
    `max by (dependency) (auth_degraded{${selector}}) == 1`,
    errorRatioExceeded('redis', failed(commands), `${commands}{${selector}}`),
    errorRatioExceeded('postgres', failedQueries, `${queries}{${selector}}`),
  ];
  return alertingRule(values, 'AuthDependencyDegraded', 'critical', {
    expr: conditions.join(' or '),
    for: '3m',
    summary: 'A dependency of auth-service is degraded',
    description:
      '{{ $labels.dependency }} is unreachable from at least one pod, or refuses more than a fifth of its operations.',
  });
}

/** Alerts on Postgres, Redis, the hash queue, the signing key and the daily purge. */
export function dependencyAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  // Suspect networks may fill only half of the queue. That they wait or are refused says nothing about users.
  const users = `${selector},priority!="suspect"`;
  return [
    degradedAlert(values),
    alertingRule(values, 'AuthPurgeOverdue', 'warning', {
      expr: `min(auth_last_purge_age_seconds{${selector}}) > ${maxPurgeAge}`,
      for: '30m',
      summary: 'The purge has not completed for two days',
      description:
        'The last purge completed {{ $value | humanizeDuration }} ago. Expired sessions accumulate until the next one.',
    }),
    alertingRule(values, 'AuthHashQueueSaturated', 'critical', {
      expr:
        `sum(rate(auth_hash_rejected_total{${users}}[5m])) > 0.1 or ` +
        `histogram_quantile(0.95, sum by (le) (rate(auth_hash_wait_seconds_bucket{${users}}[5m]))) > 1`,
      for: '3m',
      summary: 'The password hash queue is saturated: logins are slow or refused',
      description:
        'Hashes rejected per second, or 95th percentile of the queue time in seconds: {{ $value | humanize }}.',
    }),
    alertingRule(values, 'AuthSigningKeyTooOld', 'warning', {
      // Only the key that signs counts: retired keys are older, and the next key is younger.
      expr: `max(auth_signing_key_age_seconds{${selector},use="signing"}) > ${maxSigningKeyAge}`,
      for: '1h',
      summary: 'The signing key is due for rotation',
      description: 'The signing key is {{ $value | humanizeDuration }} old.',
    }),
  ];
}
