import type { Values } from '../../values/schema.ts';
import { longestInterval } from '../../workload/cron.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

const hour = 3_600;
const day = 24 * hour;
/** Seconds. Keys are rotated once a quarter. */
const maxSigningKeyAge = 100 * day;

/** Seconds. One run may fail, and the next one starts up to an hour late and takes its time. */
export function maxPurgeAge({ purge }: Values): number {
  return 2 * (longestInterval(purge.schedule) ?? day) + 2 * hour;
}

/** What must be done from time to time, by the charts or by an operator. */
export function maintenanceAlerts(values: Values): Alert[] {
  const selector = serviceSelector(values);
  return [
    alertingRule(values, 'AuthPurgeOverdue', 'warning', {
      expr: `min(auth_last_purge_age_seconds{${selector}}) > ${maxPurgeAge(values)}`,
      for: '30m',
      summary: 'The purge has not completed twice in a row',
      description:
        'The last purge completed {{ $value | humanizeDuration }} ago. Expired sessions accumulate until the next one.',
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
