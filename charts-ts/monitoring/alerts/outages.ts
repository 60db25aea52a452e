import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Recording, recordingRule } from './rule.ts';

/** The alerts of which one explains that users cannot log in. Alertmanager inhibits what follows from them. */
export const outageAlerts = ['AuthServiceDown', 'AuthNoPodReady', 'AuthPostgresUnavailable'] as const;

const ended = 'auth:outage_ended:last30m';

/**
 * 1 during the half hour after an outage. An inhibition ends with its source, but a window of half an hour still contains the
 * outage, and would page for it once more. 32 minutes, because the recorded windows may be evaluated later.
 */
export function outageEnded(values: Values): Recording {
  const firing = `ALERTS{alertname=~"${outageAlerts.join('|')}",alertstate="firing",${serviceSelector(values)}}`;
  return recordingRule(values, ended, `max(max_over_time(${firing}[32m])) unless on () ${firing}`);
}

/**
 * PromQL that excludes five minutes after the pods answer again or Postgres works again: a pod is scraped, and reaches Postgres,
 * some seconds before Kubernetes reports it as ready.
 */
export function unlessCauseEnded(values: Values, expression: string): string {
  const causes = `ALERTS{alertname=~"AuthServiceDown|AuthPostgresUnavailable",alertstate="firing",${serviceSelector(values)}}`;
  return `${expression} unless on () (max(max_over_time(${causes}[5m])) unless on () ${causes})`;
}

/** PromQL that excludes the half hour after an outage. */
export const unlessOutageEnded = (values: Values, expression: string): string =>
  `(${expression}) unless on () ${ended}{${serviceSelector(values)}}`;
