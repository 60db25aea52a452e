import type { Values } from '../../values/schema.ts';
import { namespaceSelector, serviceSelector } from '../promql.ts';
import { badRatio, type Objective, objectives, recordedRatio } from '../slo/objectives.ts';
import type { Panel, Section } from './panel.ts';

const period =
  'The period is 30 days, or the retention of Prometheus if that is shorter (15 days by default).';

function objectivePanels(values: Values, objective: Objective): Panel[] {
  const { budget, goodRequests, legend, name } = objective;
  const ratio = badRatio(objective, serviceSelector(values), '30d');
  return [
    {
      title: `${name}, 30 days`,
      description: `Share of ${goodRequests}. The objective is ${(1 - budget) * 100} %. ${period}`,
      unit: 'percentunit',
      isStat: true,
      queries: [{ legend: legend || 'good', expr: `1 - (${ratio})` }],
    },
    {
      title: `${name} error budget remaining`,
      description: `Share of the error budget that is left. Below 0 the objective is missed. ${period}`,
      unit: 'percentunit',
      isStat: true,
      queries: [{ legend: legend || 'remaining', expr: `1 - (${ratio}) / ${budget}` }],
    },
  ];
}

function burnRatePanel(values: Values): Panel {
  return {
    title: 'Burn rate, 1 hour',
    description:
      'How fast the error budgets are used up. A burn rate of 1 uses up a budget in exactly 30 days. ' +
      'An alert pages at 14.4.',
    unit: 'short',
    queries: objectives.map((objective) => ({
      legend: `${objective.name.toLowerCase()} ${objective.legend}`.trim(),
      expr: `${recordedRatio(objective, '1h')}{${namespaceSelector(values)}} / ${objective.budget}`,
    })),
  };
}

export function serviceLevelObjectives(values: Values): Section {
  const selector = serviceSelector(values);
  const pods: Panel = {
    title: 'Pods up',
    description: 'Pods that Prometheus can scrape.',
    unit: 'none',
    isStat: true,
    queries: [{ legend: 'up', expr: `sum(up{${selector}})` }],
  };
  const versions: Panel = {
    title: 'Running versions',
    description: 'Pods by version. Two versions for a long time mean that a rollout is stuck.',
    unit: 'none',
    isStat: true,
    queries: [{ legend: '{{version}}', expr: `count by (version) (auth_build_info{${selector}})` }],
  };
  const panels = objectives.flatMap((objective) => objectivePanels(values, objective));
  return { title: 'Service level objectives', panels: [...panels, pods, versions, burnRatePanel(values)] };
}
