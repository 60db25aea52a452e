import type { Values } from '../../values/schema.ts';
import { burnRates } from '../slo/burn-rate-rules.ts';
import { type Objective, objectives, recordedRatio } from '../slo/objectives.ts';
import { type Panel, panel } from './panel.ts';
import { badBelow, badFrom } from './thresholds.ts';
import { selectedInstallation } from './variables.ts';

const period =
  'The period is 30 days, or the retention of Prometheus if that is shorter (15 days by default), or the time since the rules ' +
  'were installed.';

/** Share of an error budget below which the next incident may use it up. */
const littleBudget = 0.25;

const slowBurnAlert = ({ name }: Objective): string => `Auth${name}BudgetBurnSlow`;

const ratioOf = (objective: Objective, selector: string): string =>
  `${recordedRatio(objective, '30d')}{${selector}}`;

const remaining = (objective: Objective, selector: string): string =>
  `1 - ${ratioOf(objective, selector)} / ${objective.budget}`;

/** The share of the error budget of an objective that is left. */
export function remainingBudget(objective: Objective, selector: string): Panel {
  const queries = [{ legend: objective.legend || 'remaining', expr: remaining(objective, selector) }];
  return panel(`${objective.name} error budget remaining`, 'percentunit', queries, {
    description: `Share of the error budget that is left. Below 0 the objective is missed. ${period}`,
    thresholds: badBelow({ red: 0, orange: littleBudget }),
    alerts: [slowBurnAlert(objective)],
    isStat: true,
    noValue: 'No requests',
  });
}

function goodRequests(objective: Objective, selector: string): Panel {
  const { budget, legend, name } = objective;
  const target = Number((1 - budget).toFixed(6));
  const queries = [{ legend: legend || 'good', expr: `1 - ${ratioOf(objective, selector)}` }];
  return panel(`${name}, 30 days`, 'percentunit', queries, {
    description: `Share of ${objective.goodRequests}. The objective is ${Number((target * 100).toFixed(4))} %. ${period}`,
    thresholds: badBelow({ red: target }),
    alerts: [slowBurnAlert(objective)],
    isStat: true,
    noValue: 'No requests',
  });
}

/** What the objective is about, and its series: `availability token_check`. */
const legendOf = ({ legend, name }: Objective): string => `${name.toLowerCase()} ${legend}`.trim();

function burnRate(selector: string): Panel {
  const queries = objectives.map((objective) => ({
    legend: legendOf(objective),
    expr: `${recordedRatio(objective, '1h')}{${selector}} / ${objective.budget}`,
  }));
  const [{ rate }] = burnRates.Fast;
  return panel('Burn rate, 1 hour', 'short', queries, {
    description:
      'How fast the error budgets are used up. A burn rate of 1 uses up a budget in exactly 30 days. ' +
      `An alert pages at ${rate}.`,
    thresholds: badFrom({ orange: 1, red: rate }),
    alerts: objectives.map(({ name }) => `Auth${name}BudgetBurnFast`),
  });
}

/** The objectives over 30 days, and how fast their error budgets are used up. */
export function serviceLevelObjectives(values: Values): Panel[] {
  const selector = selectedInstallation(values);
  const overTime = objectives.map((objective) => ({
    legend: legendOf(objective),
    expr: remaining(objective, selector),
  }));
  return [
    ...objectives.map((objective) => goodRequests(objective, selector)),
    burnRate(selector),
    panel('Error budgets over 30 days', 'percentunit', overTime, {
      description: `Share of the error budgets that was left at each time. A steep fall is an incident. ${period}`,
      thresholds: badBelow({ red: 0, orange: littleBudget }),
      alerts: objectives.map(slowBurnAlert),
      period: '30d',
    }),
  ];
}
