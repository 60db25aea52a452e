import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { panelsOf, resolved } from './support/grafana.ts';
import { type State, states } from './support/panel-states.ts';
import { promtool } from './support/promtool.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const values = valuesOf('eks', 'monitoring.rules.runbooks=null');
const dashboards: Loose[] = JSON.parse(JSON.stringify([...grafanaDashboards(values).values()]));
/** The rules that record counters for the panels. A state gives the recorded series of the objectives itself. */
const recordings = ruleGroups(values).filter(({ name }) => name.endsWith('-dashboards'));

/** A query of a panel as Grafana sends it. */
function queryOf(title: string, index = 0): string {
  for (const dashboard of dashboards)
    for (const panel of panelsOf(dashboard))
      if (panel.title === title)
        return resolved(panel.targets[index].expr, dashboard, { __rate_interval: '2m' });
  throw new Error(`no panel ${title}`);
}

const testFile = ({ panel, query, series, shows }: State): object => ({
  rule_files: ['recordings.yaml'],
  evaluation_interval: '30s',
  tests: [
    {
      interval: '30s',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [
        {
          expr: queryOf(panel, query),
          eval_time: '10m',
          exp_samples: Object.entries(shows).map(([labels, value]) => ({ labels, value })),
        },
      ],
    },
  ],
});

(toolPath('promtool') ? describe : describe.skip)(needs('promtool', 'charts: panels show'), () => {
  let succeeded: string[];
  let faults: string;
  before(() => {
    const tests = Object.fromEntries(states.map((state, index) => [`state-${index}.yaml`, testFile(state)]));
    const files = { ...tests, 'recordings.yaml': { groups: recordings } };
    // One run, because promtool takes long to start.
    const { stdout, stderr } = promtool(['test', 'rules', ...Object.keys(tests)], files);
    succeeded = [...stdout.matchAll(/^Unit Testing: +(\S+)\n +SUCCESS$/gm)].map(([, name = '']) => name);
    faults = stderr;
  });

  for (const [index, { title }] of states.entries())
    it(title, () => {
      expect(succeeded, faults).to.include(`state-${index}.yaml`);
    });
});
