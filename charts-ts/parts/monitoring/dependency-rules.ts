import type { Values } from '../../values/schema.ts';
import { alert, ownSeries, type RuleGroup } from './rule.ts';

const day = 86_400;
/** The guide rotates once a quarter. */
const keyAgeLimit = 100 * day;
/** The purge runs daily; one run may fail. */
const purgeLagLimit = 2 * day + day / 12;

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
        // The youngest of a pod's keys: retired ones are older by nature.
        expr: `max(min by (pod) (auth_signing_key_age_seconds{${own}})) > ${keyAgeLimit}`,
        lasts: '1h',
        summary: 'The signing key is due for rotation',
        description: 'The youngest key is {{ $value | humanizeDuration }} old.',
      }),
      alert(values, 'AuthDependencyDegraded', 'critical', {
        expr: `max by (dependency) (auth_degraded{${own}}) == 1`,
        lasts: '3m',
        summary: 'auth-service runs without one of its stores',
        description: '{{ $labels.dependency }} cannot be reached from at least one pod; its fallback serves.',
      }),
      alert(values, 'AuthPurgeLagging', 'warning', {
        expr: `min(auth_purge_lag_seconds{${own}}) > ${purgeLagLimit}`,
        lasts: '30m',
        summary: 'The purge has not run for two days',
        description: 'It last ran {{ $value | humanizeDuration }} ago; expired sessions pile up meanwhile.',
      }),
    ],
  };
}
