/** Units by Grafana's names. */
type Unit = 'percentunit' | 's' | 'reqps' | 'cps' | 'short' | 'bytes' | 'none';

export interface Query {
  /** Grafana replaces `{{label}}` by the value of that label. */
  readonly legend: string;
  /** PromQL. Grafana replaces `$__rate_interval` by a suitable window for `rate`. */
  readonly expr: string;
}

/** A query of CloudWatch Logs Insights over the log of the service. */
export interface LogsQuery {
  readonly query: string;
  /** For the title, because CloudWatch has no units, and a log query may count in another unit than the metrics. */
  readonly unit: string;
}

/** One panel in Grafana, and also in CloudWatch if the log contains the same data. */
export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** What the panel shows, and which values are a problem. */
  readonly description: string;
  /** Shows the last value as a number instead of a time series. @default false */
  readonly isStat?: boolean;
  /** The data comes from cAdvisor, so the panel is empty outside of Kubernetes. @default false */
  readonly requiresKubernetes?: boolean;
  readonly logs?: LogsQuery;
}

/** Each section is a row of panels. */
export interface DashboardDefinition {
  readonly title: string;
  readonly sections: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

export function panel(
  title: string,
  unit: Unit,
  queries: readonly Query[],
  options: Omit<Panel, 'title' | 'unit' | 'queries'>,
): Panel {
  return { title, unit, queries, ...options };
}

export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** Rate of a counter, summed over all pods. The legend names the labels by which it is grouped. */
export function rateBy(labels: readonly string[], series: string): Query {
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  return { legend, expr: `sum by (${labels.join(', ')}) (${rate(series)})` };
}

/** Rate of a counter, summed over all pods, as one line of a graph. */
export const totalRate = (legend: string, series: string): Query => ({
  legend,
  expr: `sum(${rate(series)})`,
});

/** Quantile of a histogram over all pods. @param selector label matchers without braces */
export function quantile(q: number, histogram: string, selector: string, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(`${histogram}_bucket{${selector}}`)}))`;
}

/** One query for each quantile, with legends such as p95. */
export function quantiles(histogram: string, selector: string, qs = [0.5, 0.95, 0.99]): Query[] {
  return qs.map((q) => ({ legend: `p${q * 100}`, expr: quantile(q, histogram, selector) }));
}

/** Value of a gauge on each pod. */
export const byPod = (gauge: string, aggregation: 'max' | 'sum' = 'max'): Query => ({
  legend: '{{pod}}',
  expr: `${aggregation} by (pod) (${gauge})`,
});
