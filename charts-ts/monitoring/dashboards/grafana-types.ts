import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

export type {
  AnnotationQuery,
  DashboardLink,
  GridPos,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';

// The types of Grafana, and none of its code: a plain object says the same as the builders of the SDK, and loading them would make
// each synth slower.

/** The JSON of a type of the SDK: members of an enum as their texts, and no methods. */
export type Json<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number | boolean | null | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? readonly Json<Element>[]
        : { readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Json<T[K]> };

export type Target = Json<prometheus.dataquery>;

/** A panel whose options and fields the SDK declares as `any`. */
interface PanelOf<Type extends string, Options, Custom>
  extends Omit<Json<dashboard.Panel>, 'type' | 'targets' | 'options' | 'fieldConfig'> {
  readonly type: Type;
  readonly targets: readonly Target[];
  readonly options: Json<Options>;
  readonly fieldConfig: {
    readonly defaults: Omit<Json<dashboard.FieldConfig>, 'custom'> & { readonly custom?: Json<Custom> };
    readonly overrides: readonly [];
  };
}

export type StatPanel = PanelOf<'stat', stat.Options, never>;
export type TimeSeriesPanel = PanelOf<'timeseries', timeseries.Options, common.GraphFieldConfig>;
export type GrafanaPanel = StatPanel | TimeSeriesPanel;

/** The SDK does not know these fields of the data source Prometheus. */
export interface PrometheusAnnotation extends Json<dashboard.AnnotationQuery> {
  readonly expr: string;
  /** Shortest time between two values. */
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  /** Whether the value is the time of the event, in milliseconds. Otherwise an event is drawn while the value is 1. */
  readonly useValueForTime: boolean;
}

/** A dashboard in the format that Grafana 10 to 12 import. */
export interface GrafanaDashboard extends Omit<Json<dashboard.Dashboard>, 'panels' | 'annotations'> {
  readonly uid: string;
  readonly panels: readonly (GrafanaPanel | Json<dashboard.RowPanel>)[];
  readonly annotations: {
    readonly list: readonly (Json<dashboard.AnnotationQuery> | PrometheusAnnotation)[];
  };
}
