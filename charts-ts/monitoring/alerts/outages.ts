import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Recording, recordingRule } from './rule.ts';

/** The alerts of which one explains that users cannot log in. Alertmanager inhibits what follows from them. */
export const outageAlerts = ['AuthServiceDown', 'AuthPostgresUnavailable', 'AuthNoPodReady'] as const;

type OutageAlert = (typeof outageAlerts)[number];

/**
 * How long a cause continues to fire after its condition has ended. The windows of five minutes of its consequences are over by
 * then, also if their group is evaluated a minute later, so no inhibition ends before its consequence. An outage that pauses is
 * one page.
 */
export const keepFiringFor = '6m';

const ended = 'auth:outage_ended:last30m';

const firing = (values: Values, alerts: readonly string[]): string =>
  `ALERTS{alertname=~"${alerts.join('|')}",alertstate="firing",${serviceSelector(values)}}`;

/** PromQL that returns something while the alerts are silent and have fired within the window. */
function haveEnded(values: Values, alerts: readonly string[], window: string): string {
  const now = firing(values, alerts);
  return `max(max_over_time(${now}[${window}])) unless on () ${now}`;
}

/**
 * 1 during the half hour after an outage. An inhibition ends with its source, but a window of half an hour still contains the
 * outage, and would page for it once more. 32 minutes, because the recorded windows may be evaluated later.
 */
export const outageEnded = (values: Values): Recording =>
  recordingRule(values, ended, haveEnded(values, outageAlerts, '32m'));

/** PromQL that excludes the half hour after an outage. */
export const unlessOutageEnded = (values: Values, expression: string): string =>
  `(${expression}) unless on () ${ended}{${serviceSelector(values)}}`;

/** PromQL that excludes the time after the end of an alert that is earlier in the same group. */
export const unlessEnded = (values: Values, alert: string, window: string, expression: string): string =>
  `(${expression}) unless on () (${haveEnded(values, [alert], window)})`;

/**
 * PromQL of an alert of an outage, which does not begin while another one fires: pods that drain are not ready before they end,
 * and a pod answers the scrape before it is ready. An alert that already fires continues, or two could silence each other.
 */
export function unlessOtherOutage(values: Values, alert: OutageAlert, expression: string): string {
  const others = outageAlerts.filter((one) => one !== alert);
  return `(${expression}) unless on () (${firing(values, others)} unless on () ${firing(values, [alert])})`;
}

/** PromQL that returns the condition only while the alert fires. */
export const whileFiring = (values: Values, alert: OutageAlert, condition: string): string =>
  `(${condition} and on () ${firing(values, [alert])})`;
