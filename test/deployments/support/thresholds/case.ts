import type { RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../../../charts-ts/monitoring/prometheus-rule.ts';
import { seriesLabels } from '../../../../charts-ts/monitoring/promql.ts';
import type { Values } from '../../../../charts-ts/values/schema.ts';
import {
  importedDashboards,
  type PanelJson,
  panelsOf,
  type Thresholds,
  variableValues,
} from '../../../../tools/observability/dashboard-json.ts';
import { openSampleFile, seriesName } from '../../../../tools/observability/samples.ts';
import { type CaseSeries, duration, isOfService } from './series.ts';

/** A situation in which a panel has a colour. */
export interface ThresholdCase {
  /** In words: a panel `is red while …`. */
  readonly while: string;
  readonly series: readonly CaseSeries[];
  /** The queries return nothing, and Grafana shows that in the base colour. @default false */
  readonly isEmpty?: boolean;
}

export const when = (
  while_: string,
  ...series: readonly (CaseSeries | readonly CaseSeries[])[]
): ThresholdCase => ({
  while: while_,
  series: series.flat(),
});

/** A case for each colour. They differ by one value, of which the words and the series are made. */
export const whenEach = (
  values: Readonly<Record<string, number>>,
  while_: (value: number) => string,
  series: (value: number) => CaseSeries | readonly CaseSeries[],
): Record<string, ThresholdCase> =>
  Object.fromEntries(
    Object.entries(values).map(([color, value]) => [color, when(while_(value), series(value))]),
  );

/** A share in words. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** One or several cases for each colour of the panels of a dashboard, by the title of the panel. */
export type PanelCases = Readonly<
  Record<string, Readonly<Record<string, ThresholdCase | readonly ThresholdCase[]>>>
>;

/** A panel that shows values in colours. */
export interface ColouredPanel {
  readonly dashboard: string;
  readonly panel: PanelJson;
  readonly thresholds: Thresholds;
  /** What Grafana replaces the variables of the dashboard by, before a viewer chooses. */
  readonly variables: Readonly<Record<string, string>>;
}

/** All panels with a threshold, from the JSON that users import. */
export function colouredPanels(): ColouredPanel[] {
  return [...importedDashboards()].flatMap(([dashboard, json]) =>
    panelsOf(json).flatMap((panel) => {
      const { defaults, overrides = [] } = panel.fieldConfig ?? { defaults: {} };
      const hasOwn = overrides.some(({ properties }) => properties.some(({ id }) => id === 'thresholds'));
      if (hasOwn)
        throw new Error(`${dashboard}: ${panel.title} has thresholds in an override, which no case can name`);
      const { thresholds } = defaults;
      if (!thresholds || thresholds.steps.length < 2) return [];
      return [{ dashboard, panel, thresholds, variables: variableValues(json) }];
    }),
  );
}

/** Each case has a namespace of its own, so that all of them are in one Prometheus at the same time. */
export interface PlacedCase {
  readonly values: Values;
  readonly panel: PanelJson;
  readonly case: ThresholdCase;
}

export const inNamespace = (values: Values, name: string): Values => ({
  ...values,
  namespace: { ...values.namespace, name },
});

/** Seconds between two samples: the scrape interval of the charts. */
const interval = 30;

/** Writes the samples of all cases, which end at `end`. */
export function writeCases(path: string, cases: readonly PlacedCase[], end: number): void {
  const file = openSampleFile(path);
  for (const { case: placed, values } of cases) {
    const { job, ...installation } = seriesLabels(values) as Record<string, string>;
    for (const one of placed.series) {
      const target = isOfService(one) ? { ...installation, job: job ?? '' } : installation;
      const name = seriesName(one.name, { ...target, ...one.labels });
      for (let seconds = 0; seconds <= duration; seconds += interval) {
        const value = one.at(seconds);
        if (value !== undefined) file.write(name, value, end - duration + seconds);
      }
    }
  }
  file.close();
}

/** The recording rules that a query reads, directly or through another rule. */
function rulesOf(values: Values, queries: readonly string[]): RuleGroup[] {
  const groups = ruleGroups(values);
  const recordings = groups.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule));
  const needed = new Set<string>();
  const add = (expr: string): void => {
    for (const { expr: inner, record } of recordings) {
      if (needed.has(record) || !expr.includes(record)) continue;
      needed.add(record);
      add(inner);
    }
  };
  for (const query of queries) add(query);
  return groups
    .map(({ name, rules }) => ({
      name,
      rules: rules.filter((rule) => 'record' in rule && needed.has(rule.record)),
    }))
    .filter(({ rules }) => rules.length > 0);
}

/** The recording rules of all cases. */
export const rulesOfCases = (cases: readonly PlacedCase[]): RuleGroup[] =>
  cases.flatMap(({ panel, values }) =>
    rulesOf(
      values,
      (panel.targets ?? []).map(({ expr }) => expr),
    ).map(({ name, rules }) => ({ name: `${values.namespace.name} ${name}`, rules })),
  );
