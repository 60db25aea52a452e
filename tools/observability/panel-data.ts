import { type DashboardJson, interpolate, type PanelJson, panelsOf, type Target } from './dashboard-json.ts';
import { secondsOf } from './duration.ts';
import type { Prometheus, Series, TimeRange } from './prometheus.ts';

/** One line of a panel. Times are milliseconds, as Grafana has them. */
export interface Frame {
  readonly refId: string;
  readonly legend: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Grafana shows NaN and infinity as no value. */
function frameOf(refId: string, { legendFormat = '' }: Target, { metric, values }: Series): Frame {
  const finite = values.filter(([, value]) => Number.isFinite(value));
  const labels = Object.entries(metric).map(([name, value]) => `${name}="${value}"`);
  const hasFormat = legendFormat !== '' && legendFormat !== '__auto';
  return {
    refId,
    legend: hasFormat
      ? legendFormat.replace(/{{\s*(\w+)\s*}}/g, (_, label: string) => metric[label] ?? '').trim()
      : `{${labels.join(', ')}}`,
    labels: metric,
    times: finite.map(([time]) => time * 1000),
    values: finite.map(([, value]) => value),
  };
}

/**
 * The range of a panel: that of the dashboard, or its own. A long range has fewer values, as in Grafana.
 * @throws Error for a range that is not a number of minutes, hours or days
 */
export function panelRange({ timeFrom }: PanelJson, range: TimeRange): TimeRange {
  if (!timeFrom) return range;
  const seconds = secondsOf(timeFrom);
  const step = Math.max(range.step, Math.ceil(seconds / 480 / 300) * 300);
  return { start: range.end - seconds, end: range.end, step };
}

/** The result of each query of a panel, as a data source of Grafana returns it. */
export async function framesOf(
  panel: PanelJson,
  prometheus: Prometheus,
  variables: Readonly<Record<string, string>>,
  dashboardRange: TimeRange,
): Promise<Frame[]> {
  const range = panelRange(panel, dashboardRange);
  const perTarget = await Promise.all(
    (panel.targets ?? []).map(async (target, index) => {
      const expr = interpolate(target.expr, variables);
      const found = target.instant
        ? await prometheus.query(expr, range.end)
        : await prometheus.range(expr, range);
      return found.map((series) => frameOf(String.fromCharCode(65 + index), target, series));
    }),
  );
  return perTarget.flat();
}

/** The times at which an annotation of a dashboard begins, in milliseconds. */
async function annotationTimes(prometheus: Prometheus, expr: string, range: TimeRange): Promise<number[]> {
  const found = await prometheus.range(expr, range);
  const times = found.flatMap(({ values }) =>
    values.filter(([, value]) => value !== 0).map(([time]) => time),
  );
  const sorted = [...new Set(times)].sort((one, other) => one - other);
  return sorted
    .filter((time, index) => time - (sorted[index - 1] ?? 0) > range.step)
    .map((time) => time * 1000);
}

/** Everything that the page needs to draw a dashboard. */
export interface DrawnDashboard {
  readonly dashboard: DashboardJson;
  /** The lines and the range of each panel by its id. */
  readonly frames: Readonly<Record<number, readonly Frame[]>>;
  readonly ranges: Readonly<Record<number, TimeRange>>;
  readonly annotations: readonly {
    readonly name: string;
    readonly color: string;
    readonly times: readonly number[];
  }[];
  readonly variables: Readonly<Record<string, string>>;
  readonly range: TimeRange;
}

/** Evaluates all queries of a dashboard, one panel after the other. */
export async function dashboardData(
  dashboard: DashboardJson,
  prometheus: Prometheus,
  variables: Readonly<Record<string, string>>,
  range: TimeRange,
): Promise<DrawnDashboard> {
  const frames: Record<number, readonly Frame[]> = {};
  const ranges: Record<number, TimeRange> = {};
  for (const panel of panelsOf(dashboard)) {
    frames[panel.id] = await framesOf(panel, prometheus, variables, range);
    ranges[panel.id] = panelRange(panel, range);
  }
  const annotations: DrawnDashboard['annotations'][number][] = [];
  for (const { enable = true, expr, iconColor = 'blue', name, target } of dashboard.annotations?.list ?? []) {
    const query = expr ?? target?.expr;
    if (!enable || !query) continue;
    const times = await annotationTimes(prometheus, interpolate(query, variables), range);
    annotations.push({ name, color: iconColor, times });
  }
  return { dashboard, frames, ranges, annotations, variables, range };
}

/** The titles of panels that have no data, although they do not say what that means. */
export const emptyPanels = ({ dashboard, frames }: DrawnDashboard): string[] =>
  panelsOf(dashboard)
    .filter(({ fieldConfig, id }) => frames[id]?.length === 0 && !fieldConfig?.defaults.noValue)
    .map(({ title }) => title);
