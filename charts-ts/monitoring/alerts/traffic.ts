import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { type Recording, recordingRule } from './rule.ts';

/** Recorded series of what users do, in events per second over five minutes. */
export const traffic = {
  logins: 'auth:logins_succeeded:rate5m',
  requests: 'auth:requests:rate5m',
  authenticationRequests: 'auth:authentication_requests:rate5m',
} as const;

export type Traffic = (typeof traffic)[keyof typeof traffic];

/** Their recording rules. The alerts compare them with the same time of yesterday and of a week ago. */
export function trafficRecordings(values: Values): Recording[] {
  const selector = serviceSelector(values);
  const rate = (series: string, matchers = ''): string => `sum(rate(${series}{${selector}${matchers}}[5m]))`;
  return [
    recordingRule(values, traffic.logins, rate('auth_logins_total', ',outcome="success"')),
    recordingRule(values, traffic.requests, rate('http_requests_total')),
    recordingRule(
      values,
      traffic.authenticationRequests,
      rate('http_requests_total', ',class="authentication"'),
    ),
  ];
}

/**
 * The end of the hours around the same time of yesterday, and of the same day of the week before. Both must agree: a Sunday
 * says nothing about a Monday, and a Monday nothing about a holiday's Tuesday.
 */
const hoursAround = ['23h', '167h'];

/** What was usual: exceeded in nine tenths of two hours, so that clock changes and short gaps do not matter. */
const usual = (series: Traffic, selector: string, offset: string): string =>
  `quantile_over_time(0.1, ${series}${selector}[2h] offset ${offset})`;

/**
 * PromQL that returns the series while it is below a share of what was usual yesterday and a week ago. Without that history it
 * returns nothing, so a new installation and a Prometheus of short retention raise no alert.
 * @param usually events per second that were usual at least. Fewer say nothing, because chance has a large part in them.
 */
export function fallenBelow(values: Values, series: Traffic, share: number, usually: number): string {
  const selector = `{${serviceSelector(values)}}`;
  return hoursAround
    .map((offset) => `${series}${selector} < ${share} * (${usual(series, selector, offset)} >= ${usually})`)
    .join(' and ');
}

/** PromQL that returns something while the series is below the share on one of the two days: today may be a holiday. */
export function fallenOnOneDay(values: Values, series: Traffic, share: number): string {
  const selector = `{${serviceSelector(values)}}`;
  return hoursAround
    .map((offset) => `${series}${selector} < ${share} * ${usual(series, selector, offset)}`)
    .join(' or ');
}
