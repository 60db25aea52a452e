import { dashboardFiles } from '../../charts-ts/output/dashboard-files.ts';

/** A limit from which on Grafana shows a value in this colour. The first step has no value: it is the base colour. */
export interface ThresholdStep {
  readonly color: string;
  readonly value: number | null;
}

export interface Thresholds {
  readonly mode: 'absolute' | 'percentage';
  readonly steps: readonly ThresholdStep[];
}

interface FieldOptions {
  readonly unit?: string;
  readonly thresholds?: Thresholds;
  readonly [option: string]: unknown;
}

export interface Target {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

/** A panel as Grafana imports it. */
export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: FieldOptions;
    readonly overrides?: readonly {
      readonly matcher: { readonly id: string; readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
  /** How far the panel looks back, if not as far as the dashboard: `30d`. */
  readonly timeFrom?: string;
  readonly links?: readonly { readonly title: string }[];
  readonly targets?: readonly Target[];
  /** The panels of a collapsed row. */
  readonly panels?: readonly PanelJson[];
}

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly hide?: number;
  readonly allValue?: string;
  /** The type of the data sources that can be chosen, or a query for labels. */
  readonly query?: unknown;
  readonly current?: { readonly value?: string | readonly string[] };
}

export interface Annotation {
  readonly name: string;
  readonly expr?: string;
  readonly target?: { readonly expr?: string };
  readonly iconColor?: string;
  readonly enable?: boolean;
}

/** A dashboard as Grafana imports it: what this project needs of Grafana's schema. */
export interface DashboardJson {
  readonly title: string;
  readonly uid: string;
  readonly panels: readonly PanelJson[];
  readonly templating?: { readonly list: readonly Variable[] };
  readonly annotations?: { readonly list: readonly Annotation[] };
  readonly links?: readonly { readonly title: string; readonly icon?: string }[];
}

/** The dashboards that users import, by their names: the text of docs/dashboards as the charts write it. */
export function importedDashboards(): Map<string, DashboardJson> {
  const files = [...dashboardFiles()].filter(
    ([file]) => file.endsWith('.json') && !file.startsWith('cloudwatch'),
  );
  // reason: the charts write this text, and test/charts/dashboards.test.ts checks its form.
  return new Map(files.map(([file, text]) => [file.replace('.json', ''), JSON.parse(text) as DashboardJson]));
}

/** The panels of a dashboard in their order, with those of collapsed rows and without the rows themselves. */
export const panelsOf = ({ panels }: Pick<DashboardJson, 'panels'>): PanelJson[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? panelsOf({ panels: panel.panels ?? [] }) : [panel]));

/** The values of the variables of a dashboard before a viewer chooses others. A data source has the name that Grafana gives it: that of its type. */
export function variableValues({ templating }: DashboardJson): Record<string, string> {
  const chosen = ({ allValue = '.*', current, query }: Variable): string => {
    const [value = String(query).replace(/^./, (first) => first.toUpperCase())] = [
      current?.value ?? [],
    ].flat();
    return value === '$__all' ? allValue : value;
  };
  return Object.fromEntries((templating?.list ?? []).map((variable) => [variable.name, chosen(variable)]));
}

/**
 * Replaces the variables of a query as Grafana does: `$name`, `${name}` and `${name:format}`.
 * @throws Error for a variable without a value, because Prometheus would read it as a matcher that nothing fulfils
 */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
    const value = variables[braced ?? plain ?? ''];
    if (value === undefined) throw new Error(`the dashboard uses the unknown variable ${whole} in: ${text}`);
    return value;
  });
}

/**
 * The colour of a value: that of the last step that the value reaches, as Grafana chooses it for absolute thresholds.
 * @throws Error for thresholds in percent, which need the minimum and maximum of the panel
 */
export function thresholdColor(value: number, { mode, steps }: Thresholds): string | undefined {
  if (mode !== 'absolute') throw new Error(`thresholds of the mode ${mode} are not supported`);
  return steps.filter((step) => step.value === null || value >= step.value).at(-1)?.color;
}
