import { panelsOf, resolved } from '../../../charts/support/grafana.ts';
import type { Loose } from '../../../charts/support/synthesized.ts';

/** A request of Grafana to Prometheus. */
export interface Question {
  readonly name: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Data of Kubernetes and of alerts is not in the month. */
  readonly mayBeEmpty: boolean;
}

const hour = 3_600;
/** Seconds between two scrapes. */
const scrape = 30;
/** Seconds that a dashboard shows by default, and a panel with a period of its own. */
const ranges: Readonly<Record<string, number>> = { '6h': 6 * hour, '30d': 30 * 24 * hour };

/** How Grafana rounds the time between two points (`roundInterval`): below the first number, it takes the second. In seconds. */
const roundings = [
  ...[
    [15, 10],
    [17.5, 15],
    [25, 20],
    [45, 30],
    [90, 60],
    [210, 120],
    [450, 300],
    [750, 600],
  ],
  ...[
    [1_050, 900],
    [1_500, 1_200],
    [2_700, 1_800],
    [5_400, hour],
    [9_000, 2 * hour],
  ],
] as const;

/** Points of a graph of this width on a wide screen. */
const pointsOf = ({ gridPos, maxDataPoints }: Loose): number => maxDataPoints ?? gridPos.w * 80;

function stepOf(panel: Loose, range: number): number {
  const between = range / pointsOf(panel);
  const [, rounded = between] = roundings.find(([limit]) => between < limit) ?? [];
  return Math.max(rounded, scrape);
}

function graph(
  expr: string,
  dashboard: Loose,
  { end, range, step }: Record<'end' | 'range' | 'step', number>,
) {
  const query = resolved(expr, dashboard, { __rate_interval: `${Math.max(step + scrape, 4 * scrape)}s` });
  return {
    path: 'query_range',
    parameters: { query, start: String(end - range), end: String(end), step: String(step) },
  };
}

function ofPanels(dashboard: Loose, end: number): Question[] {
  return panelsOf(dashboard).flatMap((panel) => {
    const { targets, timeFrom = '6h', title } = panel;
    const range = ranges[timeFrom] ?? 0;
    const times = { end, range, step: stepOf(panel, range) };
    return targets.map(({ expr, instant, refId }: Loose) => {
      const number = { path: 'query', parameters: { query: resolved(expr, dashboard), time: String(end) } };
      return {
        name: `“${title}” (${refId}) of ${dashboard.uid}`,
        mayBeEmpty: /kube_|container_|ALERTS/.test(expr),
        ...(instant ? number : graph(expr, dashboard, times)),
      };
    });
  });
}

function ofAnnotations(dashboard: Loose, end: number): Question[] {
  return dashboard.annotations.list.flatMap(({ expr, name, step }: Loose) => {
    if (!expr) return [];
    const times = { end, range: 6 * hour, step: Number.parseInt(step, 10) };
    return [{ name: `annotation ${name}`, mayBeEmpty: true, ...graph(expr, dashboard, times) }];
  });
}

function ofVariables(dashboard: Loose, end: number): Question[] {
  return dashboard.templating.list.flatMap(({ name, query, type }: Loose) => {
    const [, match = '', label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    if (type !== 'query') return [];
    const times = { start: String(end - 6 * hour), end: String(end) };
    const parameters = { 'match[]': resolved(match, dashboard), ...times };
    return [{ name: `variable ${name}`, path: `label/${label}/values`, parameters, mayBeEmpty: false }];
  });
}

/** Everything that Grafana asks for dashboards that are opened at `end`, each request once. */
export function questionsOf(dashboards: readonly Loose[], end: number): Question[] {
  const all = dashboards.flatMap((dashboard) => [
    ...ofPanels(dashboard, end),
    ...ofAnnotations(dashboard, end),
    ...ofVariables(dashboard, end),
  ]);
  const byRequest = new Map(all.map((one) => [JSON.stringify([one.path, one.parameters]), one]));
  return [...byRequest.values()];
}
