import type { Thresholds } from './thresholds.ts';

/** Units by Grafana's names. */
export type Unit = 'percentunit' | 's' | 'reqps' | 'cps' | 'short' | 'bytes' | 'none';

export interface Query {
  /** Grafana replaces `{{label}}` by the value of that label. */
  readonly legend: string;
  /**
   * PromQL. Grafana replaces `$name` by the value of a variable (variables.ts), and `$__rate_interval` by a window for `rate`
   * that contains at least four scrapes.
   */
  readonly expr: string;
}

/** What to search for in the log of the service. */
export interface LogsQuery {
  /** A condition on the fields of a line, in the syntax that LogQL and CloudWatch Logs Insights have in common. */
  readonly condition: string;
  /** A regular expression of the routes, as a further condition. The two languages write it differently. */
  readonly routes?: string;
  /** What the CloudWatch dashboard computes of these lines. */
  readonly stats: string;
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
  /** Which values are a problem. null: none, as with a rate of requests, which may be any. */
  readonly thresholds: Thresholds | null;
  /** The alerts about what the panel shows. The panel links to their runbooks. @default none */
  readonly alerts?: readonly string[];
  /** Shows the value of now as a number instead of a time series. @default false */
  readonly isStat?: boolean;
  /** What a panel says that has no value, where this is normal. @default the text of Grafana, "No data" */
  readonly noValue?: string;
  /** How far a time series goes back, whatever the dashboard shows: `30d`. @default as far as the dashboard */
  readonly period?: string;
  /** The data comes from kube-state-metrics or cAdvisor, so the panel is empty outside of Kubernetes. @default false */
  readonly requiresKubernetes?: boolean;
  readonly logs?: LogsQuery;
  /** A condition of TraceQL on spans: the panel links to the traces. */
  readonly traces?: string;
}

/** Each section is a row of panels. */
export interface DashboardDefinition {
  readonly title: string;
  readonly description: string;
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
