import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule, type RuleGroup } from './rule.ts';

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

function redisErrorsExceeded(selector: string): string {
  const commands = 'auth_redis_command_duration_seconds_count';
  return errorRatioExceeded(
    'redis',
    (window) => `sum(rate(${commands}{${selector},outcome="error"}[${window}]))`,
    `${commands}{${selector}}`,
  );
}

/** Registrations of taken names are subtracted: each is an error to Postgres, and an attacker can cause many. */
function postgresErrorsExceeded(selector: string): string {
  const queries = 'auth_postgres_query_duration_seconds_count';
  const taken = `auth_registrations_total{${selector},outcome=~"(email|username)_taken"}`;
  return errorRatioExceeded(
    'postgres',
    (window) =>
      `(sum(rate(${queries}{${selector},outcome="error"}[${window}])) - (sum(rate(${taken}[${window}])) or vector(0)))`,
    `${queries}{${selector}}`,
  );
}

function storeAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  const unreachable = `max by (dependency) (auth_degraded{${selector}}) == 1`;
  return [
    alertingRule(values, 'AuthDependencyDegraded', 'critical', {
      expr: [unreachable, redisErrorsExceeded(selector), postgresErrorsExceeded(selector)].join(' or '),
      for: '3m',
      summary: 'A dependency of auth-service is degraded',
      description:
        '{{ $labels.dependency }} is unreachable from at least one pod, or refuses more than a fifth of its operations.',
    }),
    alertingRule(values, 'AuthPurgeOverdue', 'warning', {
      expr: `min(auth_last_purge_age_seconds{${selector}}) > ${maxPurgeAge}`,
      for: '30m',
      summary: 'The purge has not completed for two days',
      description:
        'The last purge completed {{ $value | humanizeDuration }} ago. Expired sessions accumulate until the next one.',
    }),
  ];
}

function hashQueueAlert(values: Values): Alert {
  const selector = serviceSelector(values);
  return alertingRule(values, 'AuthHashQueueSaturated', 'critical', {
    expr:
      `sum(rate(auth_hash_rejected_total{${selector}}[5m])) > 0.1 or ` +
      `histogram_quantile(0.95, sum by (le) (rate(auth_hash_wait_seconds_bucket{${selector}}[5m]))) > 1`,
    for: '3m',
    summary: 'The password hash queue is saturated: logins are slow or refused',
    description:
      'Hashes rejected per second, or 95th percentile of the queue time in seconds: {{ $value | humanize }}.',
  });
}

function signingKeyAlert(values: Values): Alert {
  return alertingRule(values, 'AuthSigningKeyTooOld', 'warning', {
    // Only the key that signs counts: retired keys are older, and the next key is younger.
    expr: `max(auth_signing_key_age_seconds{${serviceSelector(values)},use="signing"}) > ${maxSigningKeyAge}`,
    for: '1h',
    summary: 'The signing key is due for rotation',
    description: 'The signing key is {{ $value | humanizeDuration }} old.',
  });
}

/** Alerts on Postgres, Redis, the hash queue, the signing key and the daily purge. */
export function dependencyRules(values: Values): RuleGroup {
  return {
    name: 'auth-service-dependencies',
    rules: [...storeAlerts(values), hashQueueAlert(values), signingKeyAlert(values)],
  };
}
