import { inhibitRules } from '../../../../charts-ts/monitoring/alerts/inhibitions.ts';
import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import type { Values } from '../../../../charts-ts/values/schema.ts';
import type { Inputs } from '../promtool.ts';
import { promtool } from '../promtool.ts';
import { writeCluster } from './cluster-series.ts';
import type { Scenario } from './conditions.ts';
import { notifications } from './notifications.ts';
import { createSeriesWriter } from './series-writer.ts';
import { writeService } from './service-series.ts';

/** How often each alert may notify somebody in a part of a scenario. Tickets that are not given may be any. */
export interface Expectation {
  readonly title: string;
  /** Minutes since the start of the series. */
  readonly from: number;
  readonly until: number;
  readonly pages: Readonly<Record<string, number>>;
  readonly tickets?: Readonly<Record<string, number>>;
}

/** Every series of the scenario. */
export function seriesOf(scenario: Scenario): Inputs {
  const writer = createSeriesWriter(scenario.step);
  for (let minute = 0; minute < scenario.minutes; minute += scenario.step) {
    writeService(writer, scenario, minute);
    writeCluster(writer, scenario, minute);
  }
  return writer.inputs(scenario.minutes);
}

/** The groups with alerts, and those that record what alerts read: what only dashboards read takes time and pages nobody. */
export function groupsOfAlerts(groups: readonly RuleGroup[]): RuleGroup[] {
  const alerting = groups.filter(({ rules }) => rules.some((rule) => 'alert' in rule));
  const expressions = alerting.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  const isRead = ({ rules }: RuleGroup): boolean =>
    rules.some((rule) => 'record' in rule && expressions.some((expr) => expr.includes(rule.record)));
  return groups.filter((group) => alerting.includes(group) || isRead(group));
}

/** An expression whose results name their expectation, because promtool prints only results. */
function assertion(
  { title, until }: Expectation,
  expression: string,
  expected: Readonly<Record<string, number>>,
) {
  return {
    expr: `label_replace(${expression}, "expectation", "${title}", "", "")`,
    eval_time: `${until}m`,
    exp_samples: Object.entries(expected).map(([alert, value]) => ({
      labels: `{alertname="${alert}",expectation="${title}"}`,
      value,
    })),
  };
}

interface Trial {
  readonly groups: readonly RuleGroup[];
  readonly values: Values;
  readonly scenario: Scenario;
  readonly expectations: readonly Expectation[];
  /** Names of the groups in the order of their evaluation. @default that of the groups */
  readonly order?: readonly string[];
  /** Rules of Alertmanager other than those that the charts deliver. */
  readonly rules?: ReturnType<typeof inhibitRules>;
}

/**
 * Evaluates all rules over the scenario in promtool.
 * @returns what promtool says of the expectations that are not met; empty if all are
 */
export function failedExpectations({ expectations, groups, scenario, values, ...trial }: Trial): string {
  const step = `${scenario.step}m`;
  const rules = trial.rules ?? inhibitRules(values);
  const tests = expectations.flatMap((one) => {
    const window = `${one.until - one.from}m`;
    const of = (severity: string): string => notifications(severity, window, step, rules);
    return [
      assertion(one, of('critical'), one.pages),
      ...(one.tickets ? [assertion(one, of('warning'), one.tickets)] : []),
    ];
  });
  const test = {
    interval: step,
    input_series: Object.entries(seriesOf(scenario)).map(([series, text]) => ({ series, values: text })),
    promql_expr_test: tests,
  };
  const { ok, output } = promtool(['test', 'rules', 'test.yaml'], {
    'rules.yaml': { groups },
    'test.yaml': {
      rule_files: ['rules.yaml'],
      evaluation_interval: step,
      // promtool evaluates groups in any order unless it is told otherwise.
      group_eval_order: trial.order ?? groups.map(({ name }) => name),
      tests: [test],
    },
  });
  // The expressions are long. What was expected and what was found contains the title.
  const differences = [...output.matchAll(/^ +(exp|got): .*$/gm)].map(([line]) => line.trim());
  return ok ? '' : differences.join('\n') || output || 'promtool ended without an answer';
}

const counts = (expected: Readonly<Record<string, number>>): string =>
  Object.entries(expected)
    .map(([alert, count]) => `${count} × ${alert}`)
    .join(', ') || 'none';

/** What is expected, as the title of a test. */
export const summaryOf = ({ pages, tickets, title }: Expectation): string =>
  `${title}: pages ${counts(pages)}${tickets ? `; tickets ${counts(tickets)}` : ''}`;

/** The lines of `failedExpectations` about one expectation: one with what is expected, and one with what was found. */
export function ownLines(output: string, { title }: Expectation): string {
  const pairs = output.match(/^exp: .*\ngot: .*$/gm) ?? [];
  // promtool says nothing of an empty result.
  return pairs.filter((pair) => pair.includes(`expectation="${title}"`)).join('\n');
}
