import type { Values } from '../../values/schema.ts';
import { annotations } from './annotations.ts';
import type {
  GrafanaDashboard,
  GrafanaPanel,
  GridPos,
  StatPanel,
  Target,
  TimeSeriesPanel,
} from './grafana-types.ts';
import { dashboardLinks, linkVariables, panelLinks } from './links.ts';
import type { DashboardDefinition, Panel } from './panel.ts';
import type { Thresholds } from './thresholds.ts';
import { installationVariables, podMatcher, prometheus } from './variables.ts';

const columns = 24;
/** The height of a line of panels, and how many panels it has at most. */
const lines = { stat: { h: 4, most: 6 }, timeseries: { h: 8, most: 3 } } as const;

/**
 * Points of a line in a graph at most, so that six hours have one point a minute however wide the screen is. Otherwise Grafana asks
 * for a point for each pixel, and the graphs of many pods take longer than 200 ms.
 */
const maxDataPoints = 360;

/** Milliseconds. A graph connects over missed scrapes, and shows anything longer as a gap. */
const longestMissedTime = 180_000;

const plainColor = 'text';

function grafanaThresholds(
  thresholds: Thresholds | null,
): StatPanel['fieldConfig']['defaults']['thresholds'] {
  const { base, steps } = thresholds ?? { base: plainColor, steps: [] };
  return {
    mode: 'absolute',
    // null means from minus infinity.
    steps: [{ color: base, value: null }, ...steps.map(({ color, from }) => ({ color, value: from }))],
  };
}

/** How often Prometheus scrapes the service. */
function scrapeInterval({ monitoring }: Values): string {
  return (monitoring.podMonitor.enabled ? monitoring.podMonitor : monitoring.serviceMonitor).interval;
}

function targetsOf(panel: Panel, values: Values): Target[] {
  const { isStat = false, queries } = panel;
  return queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: prometheus,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    // A number of now needs one evaluation, and not one for each point of a line that nobody sees.
    instant: isStat,
    range: !isStat,
    exemplar: !isStat && panel.traces !== undefined,
    // Otherwise $__rate_interval follows the scrape interval in the data source, and may contain less than two samples.
    interval: scrapeInterval(values),
  }));
}

function statPanel(panel: Panel): Pick<StatPanel, 'type' | 'fieldConfig' | 'options'> {
  const { noValue, thresholds, unit } = panel;
  return {
    type: 'stat',
    fieldConfig: {
      defaults: {
        unit,
        thresholds: grafanaThresholds(thresholds),
        color: { mode: 'thresholds' },
        ...(noValue && { noValue }),
      },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      orientation: 'auto',
      textMode: 'auto',
      wideLayout: true,
      colorMode: thresholds ? 'background' : 'none',
      graphMode: 'none',
      justifyMode: 'auto',
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    },
  };
}

function timeSeriesPanel(panel: Panel): Pick<TimeSeriesPanel, 'type' | 'fieldConfig' | 'options'> {
  const { noValue, thresholds, unit } = panel;
  return {
    type: 'timeseries',
    fieldConfig: {
      defaults: {
        unit,
        thresholds: grafanaThresholds(thresholds),
        color: { mode: 'palette-classic' },
        ...(noValue && { noValue }),
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: 10,
          showPoints: 'never',
          spanNulls: longestMissedTime,
          axisSoftMin: 0,
          thresholdsStyle: { mode: thresholds ? 'dashed' : 'off' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** What the panel shows, and whether the variable Pod applies to it. Series that rules record have no pod. */
function descriptionOf({ description, queries }: Panel): string {
  const isOfPods = queries.some(({ expr }) => expr.includes(podMatcher));
  return isOfPods ? description : `${description} The panel is about all pods, also if Pod chooses some.`;
}

function grafanaPanel(panel: Panel, values: Values, gridPos: GridPos, id: number): GrafanaPanel {
  return {
    id,
    title: panel.title,
    description: descriptionOf(panel),
    datasource: prometheus,
    gridPos,
    links: panelLinks(values, panel),
    ...(panel.period && { timeFrom: panel.period }),
    ...(panel.isStat ? statPanel(panel) : { ...timeSeriesPanel(panel), maxDataPoints }),
    targets: targetsOf(panel, values),
  };
}

/** Divides the panels of a section into lines of one kind and about the same number of panels. */
function linesOf(panels: readonly Panel[]): { height: number; panels: readonly Panel[] }[] {
  const kindOf = ({ isStat = false }: Panel) => (isStat ? 'stat' : 'timeseries');
  const [first] = panels;
  if (!first) return [];
  const { h: height, most } = lines[kindOf(first)];
  const end = panels.findIndex((panel) => kindOf(panel) !== kindOf(first));
  const ofKind = end < 0 ? panels : panels.slice(0, end);
  const length = Math.ceil(ofKind.length / Math.ceil(ofKind.length / most));
  const line = ofKind.slice(0, length);
  return [{ height, panels: line }, ...linesOf(panels.slice(length))];
}

/** Places panels from left to right. The panels of a line fill its width. */
function rowsOf(sections: DashboardDefinition['sections'], values: Values): GrafanaDashboard['panels'] {
  const placed: GrafanaDashboard['panels'][number][] = [];
  let y = 0;
  for (const { panels, title } of sections) {
    const gridPos = { x: 0, y, w: columns, h: 1 };
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, panels: [], gridPos });
    y += gridPos.h;
    for (const line of linesOf(panels)) {
      const edge = (index: number): number => Math.round((index * columns) / line.panels.length);
      for (const [index, panel] of line.panels.entries()) {
        const x = edge(index);
        const position = { x, y, w: edge(index + 1) - x, h: line.height };
        placed.push(grafanaPanel(panel, values, position, placed.length + 1));
      }
      y += line.height;
    }
  }
  return placed;
}

/** The name of a dashboard in links. The `uid` must never change, because links and bookmarks contain it. */
export interface DashboardName {
  readonly uid: string;
  readonly title: string;
}

/** A dashboard in Grafana's import format. @param others the further dashboards of the installation */
export function grafanaDashboard(
  values: Values,
  { title, uid }: DashboardName,
  { description, sections }: DashboardDefinition,
  others: readonly DashboardName[],
): GrafanaDashboard {
  return {
    uid,
    title,
    description,
    tags: ['auth-service'],
    timezone: 'utc',
    // Grafana 10.4. Newer ones migrate it when they load it.
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    graphTooltip: 1,
    links: dashboardLinks(values, others),
    annotations: { list: annotations(values) },
    templating: { list: [...installationVariables(values), ...linkVariables(values)] },
    panels: rowsOf(sections, values),
  };
}
