import type { Values } from '../../values/schema.ts';
import { unlessEnded, unlessOutageEnded } from '../alerts/outages.ts';
import { type Alert, alertingRule, type Recording, recordingRule } from '../alerts/rule.ts';
import { serviceSelector } from '../promql.ts';
import {
  badCount,
  badRatio,
  type Objective,
  objectives,
  recordedCount,
  recordedRatio,
} from './objectives.ts';

/** An alert needs more bad requests than this: at night one failure of one request is a ratio of 100 %. */
const minBadRequests = 10;

const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

/**
 * Multiwindow, multi-burn-rate alerts after Google's SRE workbook, chapter 5. The long window makes the alert
 * significant, the short one ends it soon after its cause. A burn rate of 1 uses up the budget in exactly 30 days.
 */
export const burnRates = {
  Fast: [
    { rate: 14.4, long: '1h', short: '5m' },
    { rate: 6, long: '6h', short: '30m' },
  ],
  Slow: [
    { rate: 3, long: '1d', short: '2h' },
    { rate: 1, long: '3d', short: '6h' },
  ],
} as const;

/** Excludes the half hour after what explains it: the short window of the slower rate contains that for so long. */
function unlessCauseEnded(values: Values, { name }: Objective, burns: string): string {
  const withoutOutage = unlessOutageEnded(values, burns);
  return name === 'Latency' ? unlessEnded(values, 'AuthLoginsSlow', '32m', withoutOutage) : withoutOutage;
}

function burnRateAlert(values: Values, objective: Objective, speed: keyof typeof burnRates): Alert {
  const selector = `{${serviceSelector(values)}}`;
  const conditions = burnRates[speed].map(({ rate, long, short }) => {
    const limit = Number((rate * objective.budget).toFixed(6));
    const ratios = [long, short].map((window) => `${recordedRatio(objective, window)}${selector} > ${limit}`);
    return `(${ratios.join(' and ')} and ${recordedCount(objective, long)}${selector} > ${minBadRequests})`;
  });
  const isFast = speed === 'Fast';
  const burns = conditions.join(' or ');
  return alertingRule(values, `Auth${objective.name}BudgetBurn${speed}`, isFast ? 'critical' : 'warning', {
    expr: isFast ? unlessCauseEnded(values, objective, burns) : burns,
    // Three minutes, so that an alert on the cause fires first and inhibits this one.
    for: isFast ? '3m' : '1h',
    summary: `The ${objective.name.toLowerCase()} error budget ${isFast ? 'will be used up within days' : 'is being used up too fast'}`,
    description: `{{ $value | humanizePercentage }} of ${objective.badRequests}.`,
  });
}

/** Recording rules of the service level objectives: the ratio and the number of bad requests in each window. */
export function recordings(values: Values): Recording[] {
  const selector = serviceSelector(values);
  return objectives.flatMap((objective) => [
    ...windows.map((window) =>
      recordingRule(values, recordedRatio(objective, window), badRatio(objective, selector, window)),
    ),
    ...[...burnRates.Fast, ...burnRates.Slow].map(({ long }) =>
      recordingRule(values, recordedCount(objective, long), badCount(objective, selector, long)),
    ),
  ]);
}

/** The page about an error budget. */
export const fastBurnAlert = (values: Values, objective: Objective): Alert =>
  burnRateAlert(values, objective, 'Fast');

/** The tickets about the error budgets. */
export const slowBurnAlerts = (values: Values): Alert[] =>
  objectives.map((objective) => burnRateAlert(values, objective, 'Slow'));
