import type { Values } from '../../values/schema.ts';
import { longestInterval } from '../../workload/cron.ts';
import { serviceSelector } from '../promql.ts';
import { type Alert, alertingRule } from './rule.ts';

const hour = 3_600;

/** Seconds. One run may fail, and the next one starts up to an hour late and takes its time. */
export function maxBackupAge({ backup }: Values): number {
  const interval = longestInterval(backup.schedule) ?? 24 * hour;
  return 2 * interval + hour + backup.deadlineMinutes * 60;
}

/** The alert on the age of the last backup, if the charts make backups. */
export function backupAlerts(values: Values): Alert[] {
  if (!values.backup.enabled) return [];
  const selector = serviceSelector(values);
  const last = `auth_last_backup_timestamp_seconds{${selector}}`;
  const hours = Math.ceil(maxBackupAge(values) / hour);
  return [
    alertingRule(values, 'AuthBackupOverdue', 'warning', {
      // Every pod reads the same fact from Postgres, and the largest value is the newest. A service that runs and reports
      // no backup has none; if no pod can be scraped, AuthServiceDown fires instead.
      expr:
        `time() - max(${last}) > ${maxBackupAge(values)} or ` +
        `(absent(${last}) unless on () absent(up{${selector}} == 1))`,
      for: '30m',
      summary: 'The last backup is too old',
      description: `The data of the last backup are older than ${hours} hours, or there is no backup. What has changed since would be lost with the database.`,
    }),
  ];
}
