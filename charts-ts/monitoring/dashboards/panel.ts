/** Units by Grafana's names. */
export type Unit = 'percentunit' | 's' | 'reqps' | 'cps' | 'short' | 'bytes' | 'none';

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
  /** What the panel shows, and which values are a problem. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Shows the last value as a number instead of a time series. @default false */
  readonly isStat?: boolean;
  /** The data comes from cAdvisor, so the panel is empty outside of Kubernetes. @default false */
  readonly requiresKubernetes?: boolean;
  readonly logs?: LogsQuery;
}

/** A row of a dashboard. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardDefinition {
  readonly title: string;
  readonly sections: readonly Section[];
}

export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** Rate of a counter, summed over all pods. The legend names the labels by which it is grouped. */
export function rateBy(labels: readonly string[], series: string): Query {
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  return { legend, expr: `sum by (${labels.join(', ')}) (${rate(series)})` };
}

/** Quantile of a histogram over all pods. @param selector label matchers without braces */
export function quantile(q: number, histogram: string, selector: string, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(`${histogram}_bucket{${selector}}`)}))`;
}

/** One query for each quantile, with legends such as p95. */
export function quantiles(qs: readonly number[], histogram: string, selector: string): Query[] {
  return qs.map((q) => ({ legend: `p${q * 100}`, expr: quantile(q, histogram, selector) }));
}

/** Value of a gauge on each pod. */
export const byPod = (gauge: string, aggregation: 'max' | 'sum' = 'max'): Query => ({
  legend: '{{pod}}',
  expr: `${aggregation} by (pod) (${gauge})`,
});
