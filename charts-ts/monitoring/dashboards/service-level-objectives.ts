import type { Values } from '../../values/schema.ts';
import { serviceSelector } from '../promql.ts';
import { badRatio, type Objective, objectives, recordedRatio } from '../slo/objectives.ts';
import { type Panel, panel } from './panel.ts';

const period =
  'The period is 30 days, or the retention of Prometheus if that is shorter (15 days by default).';

function objectivePanels(objective: Objective, selector: string): Panel[] {
  const { budget, goodRequests, legend, name } = objective;
  const ratio = badRatio(objective, selector, '30d');
  const good = { legend: legend || 'good', expr: `1 - (${ratio})` };
  const remaining = { legend: legend || 'remaining', expr: `1 - (${ratio}) / ${budget}` };
  return [
    panel(`${name}, 30 days`, 'percentunit', [good], {
      description: `Share of ${goodRequests}. The objective is ${(1 - budget) * 100} %. ${period}`,
      isStat: true,
    }),
    panel(`${name} error budget remaining`, 'percentunit', [remaining], {
      description: `Share of the error budget that is left. Below 0 the objective is missed. ${period}`,
      isStat: true,
    }),
  ];
}

export function serviceLevelObjectives(values: Values): Panel[] {
  const selector = serviceSelector(values);
  const versions = `count by (version) (auth_build_info{${selector}})`;
  const burnRates = objectives.map((objective) => ({
    legend: `${objective.name.toLowerCase()} ${objective.legend}`.trim(),
    expr: `${recordedRatio(objective, '1h')}{${selector}} / ${objective.budget}`,
  }));
  return [
    ...objectives.flatMap((objective) => objectivePanels(objective, selector)),
    panel('Pods up', 'none', [{ legend: 'up', expr: `sum(up{${selector}})` }], {
      description: 'Pods that Prometheus can scrape.',
      isStat: true,
    }),
    panel('Running versions', 'none', [{ legend: '{{version}}', expr: versions }], {
      description: 'Pods by version. Two versions for a long time mean that a rollout is stuck.',
      isStat: true,
    }),
    panel('Burn rate, 1 hour', 'short', burnRates, {
      description:
        'How fast the error budgets are used up. A burn rate of 1 uses up a budget in exactly 30 days. ' +
        'An alert pages at 14.4.',
    }),
  ];
}
