import type { Values } from '../values/schema.ts';
import { alert, ownSeries, type RuleGroup } from './rule.ts';

const day = 86_400;
/** The guide rotates once a quarter. */
const keyAgeLimit = 100 * day;
/** The purge runs daily; one run may fail. */
const purgeLagLimit = 2 * day + day / 12;

/** Of the commands or queries; a store that is reached and refuses what it is asked is as good as away. */
const refusedShare = 0.2;

/**
 * The share that failed, under the label of the store. Over five minutes, so that a hiccup is none; and over the last
 * two, so that it ends with its cause.
 */
function refusals(dependency: string, failed: (window: string) => string, all: string): string {
  const share = (window: string): string =>
    `${failed(window)} / sum(rate(${all}[${window}])) > ${refusedShare}`;
  return `label_replace(${share('5m')} and ${share('2m')}, "dependency", "${dependency}", "", "")`;
}

function redisRefusals(own: string): string {
  const commands = 'auth_redis_command_duration_seconds_count';
  return refusals(
    'redis',
    (window) => `sum(rate(${commands}{${own},outcome="error"}[${window}]))`,
    `${commands}{${own}}`,
  );
}

/** Less the registrations of taken names: Postgres calls them errors, and whoever tries names out makes many. */
function postgresRefusals(own: string): string {
  const queries = 'auth_postgres_query_duration_seconds_count';
  const taken = `auth_registrations_total{${own},outcome=~"(email|username)_taken"}`;
  return refusals(
    'postgres',
    (window) =>
      `(sum(rate(${queries}{${own},outcome="error"}[${window}])) - (sum(rate(${taken}[${window}])) or vector(0)))`,
    `${queries}{${own}}`,
  );
}

/** What the service leans on: CPU for hashes, keys, Postgres and Redis, the nightly job. */
export function dependencyRules(values: Values): RuleGroup {
  const own = ownSeries(values);
  return {
    name: 'auth-service-dependencies',
    rules: [
      alert(values, 'AuthHashQueueSaturated', 'critical', {
        expr:
          `sum(rate(auth_hash_rejected_total{${own}}[5m])) > 0.1 or ` +
          `histogram_quantile(0.95, sum by (le) (rate(auth_hash_wait_seconds_bucket{${own}}[5m]))) > 1`,
        lasts: '3m',
        summary: 'Logins wait for CPU to hash passwords, or are refused for want of it',
        description:
          'Hashes refused a second, or the seconds that 5 % of them wait: {{ $value | humanize }}.',
      }),
      alert(values, 'AuthSigningKeyTooOld', 'warning', {
        // Only the key that signs: retired ones are older by nature, and a next one that waits is younger.
        expr: `max(auth_signing_key_age_seconds{${own},use="signing"}) > ${keyAgeLimit}`,
        lasts: '1h',
        summary: 'The signing key is due for rotation',
        description: 'The key that signs is {{ $value | humanizeDuration }} old.',
      }),
      alert(values, 'AuthDependencyDegraded', 'critical', {
        expr: [
          `max by (dependency) (auth_degraded{${own}}) == 1`,
          redisRefusals(own),
          postgresRefusals(own),
        ].join(' or '),
        lasts: '3m',
        summary: 'auth-service runs without one of its stores',
        description:
          '{{ $labels.dependency }} cannot be reached from at least one pod, or refuses a fifth of what it is asked.',
      }),
      alert(values, 'AuthPurgeLagging', 'warning', {
        expr: `min(auth_last_purge_age_seconds{${own}}) > ${purgeLagLimit}`,
        lasts: '30m',
        summary: 'The purge has not run for two days',
        description: 'It last ran {{ $value | humanizeDuration }} ago; expired sessions pile up meanwhile.',
      }),
    ],
  };
}
