import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RuleGroup } from '../../../charts-ts/monitoring/rule.ts';
import { toolPath } from '../../support/debian-tool.ts';

/** Series by name with labels, in promtool's notation: `0+60x10` is ten steps of 60. */
export type Inputs = Readonly<Record<string, string>>;

export interface Situation {
  readonly series: Inputs;
  /** When it is looked at, from the start of the series. */
  readonly at: string;
  /** Between two values of a series. */
  readonly interval?: string;
  /** What the alert that fires says it is about. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Runs promtool on files in a folder of their own. @returns what it printed, and whether it was content */
export function promtool(args: readonly string[], files: Readonly<Record<string, object>>) {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(folder, name), stringify(content));
    const { status, stdout, stderr } = spawnSync(toolPath('promtool') ?? 'promtool', args, {
      cwd: folder,
      encoding: 'utf8',
    });
    return { ok: status === 0, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The recordings that an alert reads and then the alert; to evaluate all others would only take time. One group, since
 * promtool takes groups in any order, and a recorded value is forgotten after five minutes.
 */
function needed(groups: readonly RuleGroup[], alert: string): RuleGroup {
  const all = groups.flatMap(({ rules }) => rules);
  const own = all.filter((rule) => 'alert' in rule && rule.alert === alert);
  const read = all.filter((rule) => 'record' in rule && own.some(({ expr }) => expr.includes(rule.record)));
  return { name: 'needed', rules: [...read, ...own] };
}

/** Whether the alert fires there, with the labels claimed; everything promtool says when it is not as claimed. */
export function expectAlert(groups: RuleGroup[], alert: string, fires: boolean, situation: Situation) {
  const { at, interval = '1m', labels = {}, series } = situation;
  const wanted = { alertname: alert, alertstate: 'firing', namespace: 'auth-system', ...labels };
  const matchers = Object.entries(fires ? wanted : { alertname: alert, alertstate: 'firing' });
  return promtool(['test', 'rules', 'tests.yaml'], {
    'rules.yaml': { groups: [needed(groups, alert)] },
    'tests.yaml': {
      rule_files: ['rules.yaml'],
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
    },
  });
}
