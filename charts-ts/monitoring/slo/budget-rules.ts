import type { Values } from '../../values/schema.ts';
import type { RuleGroup } from '../alerts/rule.ts';
import { recordingRule } from '../alerts/rule.ts';
import { serviceSelector } from '../promql.ts';
import {
  allCount,
  badCount,
  type Objective,
  objectives,
  recordedAll,
  recordedCount,
  recordedRatio,
} from './objectives.ts';

const month = '30d';

/** Time between two counts. Each counts the requests since the one before, so that their sum over 30 days is exact. */
const step = '5m';

/** The numbers of bad and of all requests in five minutes, each once in five minutes. */
export function budgetCounts(values: Values): Omit<RuleGroup, 'name'> {
  const selector = serviceSelector(values);
  const rules = objectives.flatMap((objective) => [
    recordingRule(values, recordedCount(objective, step), badCount(objective, selector, step)),
    recordingRule(values, recordedAll(objective, step), allCount(objective, selector, step)),
  ]);
  return { interval: step, rules };
}

/**
 * The share of bad requests in 30 days, as the sum of those counts. Computed from the counters of the service, it would read
 * every sample of every pod that has existed in 30 days.
 */
export function budgetRatios(values: Values): Omit<RuleGroup, 'name'> {
  const selector = `{${serviceSelector(values)}}`;
  const total = (series: string): string => `sum_over_time(${series}${selector}[${month}])`;
  const ratio = (objective: Objective): string =>
    `${total(recordedCount(objective, step))} / (${total(recordedAll(objective, step))} > 0)`;
  const rules = objectives.map((objective) =>
    recordingRule(values, recordedRatio(objective, month), ratio(objective)),
  );
  return { interval: '2m', rules };
}
