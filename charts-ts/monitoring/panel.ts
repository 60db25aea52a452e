/** Units as Grafana calls them; `decimals` in words would only repeat them. */
export type Unit = 'percentunit' | 's' | 'reqps' | 'cps' | 'short' | 'bytes' | 'none';

export interface Query {
  /** PromQL; `$__rate_interval` is Grafana's window for `rate`. */
  readonly expr: string;
  readonly legend: string;
}

/** CloudWatch Logs Insights over the service's log lines. */
export interface Logs {
  readonly query: string;
  /** In words, for the title: CloudWatch has no units, and the log counts in others than the metrics. */
  readonly unit: string;
}

/** One picture of one fact, for Grafana; and for CloudWatch where the log knows it too. */
export interface Panel {
  readonly title: string;
  /** What it shows, and what is bad about it. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** The present value instead of its course. */
  readonly stat?: boolean;
  /** Its series come from the cluster (cAdvisor), so it stays empty wherever there is none. */
  readonly isOfCluster?: boolean;
  readonly logs?: Logs;
}

export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardDefinition {
  readonly title: string;
  readonly sections: readonly Section[];
}

/** `rate` over Grafana's window, of the service's own series. */
export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** A quantile over all pods of a histogram whose matchers are given without braces. */
export function quantile(q: number, histogram: string, matchers: string, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(`${histogram}_bucket{${matchers}}`)}))`;
}
