import type { RuleGroup } from '../../../charts-ts/monitoring/alerts/rule.ts';
import { promtool } from './promtool.ts';
import type { AlertCase, AlertCases } from './situations/alert-case.ts';

/**
 * One group with the alert and the recording rules that it reads, and that those read. It has to be one group, because promtool
 * evaluates groups in any order.
 */
function groupOf(groups: readonly RuleGroup[], alert: string): RuleGroup {
  const all = groups.flatMap(({ rules }) => rules);
  const needed = new Set(all.filter((rule) => 'alert' in rule && rule.alert === alert));
  for (const { expr } of needed)
    for (const rule of all) if ('record' in rule && expr.includes(rule.record)) needed.add(rule);
  return { name: 'tested', rules: all.filter((rule) => needed.has(rule)) };
}

/** promtool's file that tests whether the alert fires with the given labels in the situation. */
function testFile(alert: string, { fires, situation }: AlertCase, ruleFile: string): object {
  const { at, interval = '1m', labels = {}, series } = situation;
  const firing = { alertname: alert, alertstate: 'firing', namespace: 'auth-system', ...labels };
  const matchers = Object.entries(fires ? firing : { alertname: alert, alertstate: 'firing' });
  return {
    rule_files: [ruleFile],
    evaluation_interval: interval,
    tests: [
      {
        interval,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: `count by (alertname) (ALERTS{${matchers.map(([name, value]) => `${name}="${value}"`).join(',')}}) > bool 0`,
            eval_time: at,
            exp_samples: fires ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
          },
        ],
      },
    ],
  };
}

/** The name of a test file in promtool's output. */
export const testName = (alert: string, index: number): string => `${alert}-${index}.yaml`;

/**
 * Tests every situation of every alert in one run of promtool, which takes long to start.
 * @returns the names of the tests that succeeded, and what promtool says of the others
 */
export function testAlerts(groups: RuleGroup[], situations: AlertCases) {
  const files: Record<string, object> = {};
  const names = Object.entries(situations).flatMap(([alert, cases]) => {
    files[`${alert}-rules.yaml`] = { groups: [groupOf(groups, alert)] };
    return cases.map((each, index) => {
      const name = testName(alert, index);
      files[name] = testFile(alert, each, `${alert}-rules.yaml`);
      return name;
    });
  });
  const { stdout, stderr } = promtool(['test', 'rules', ...names], files);
  const succeeded = [...stdout.matchAll(/^Unit Testing: +(\S+)\n +SUCCESS$/gm)].map(([, name]) => name);
  return { succeeded, faults: stderr };
}
