import type { DashboardDefinition, Panel } from './panel.ts';

const columns = 24;
const sizes = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 } } as const;
/** A variable of the dashboard, so that the viewer can choose another Prometheus. */
const datasource = { type: 'prometheus', uid: '$datasource' };

/** In cells of Grafana's grid of 24 columns. */
type GridPosition = Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;

/** Places panels from left to right. A panel that does not fit, or has another height, starts a new line. */
function layOut(panels: readonly Panel[], top: number) {
  let [x, y, lineHeight] = [0, top, 0];
  const positioned = panels.map((panel) => {
    const size = sizes[panel.isStat ? 'stat' : 'timeseries'];
    if (x + size.w > columns || (lineHeight > 0 && size.h !== lineHeight)) {
      [x, y] = [0, y + lineHeight];
    }
    lineHeight = size.h;
    const position: GridPosition = { x, y, ...size };
    x += size.w;
    return { panel, position };
  });
  return { positioned, bottom: y + lineHeight };
}

function grafanaPanel(panel: Panel, gridPos: GridPosition, id: number): object {
  const graph = { custom: { drawStyle: 'line', fillOpacity: 10, showPoints: 'never' } };
  return {
    id,
    type: panel.isStat ? 'stat' : 'timeseries',
    title: panel.title,
    description: panel.description,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit: panel.unit, ...(panel.isStat ? {} : graph) }, overrides: [] },
    options: panel.isStat
      ? { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'auto' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      exemplar: expr.includes('_bucket{'),
    })),
  };
}

function rowsOf(sections: DashboardDefinition['sections']): object[] {
  const panels: object[] = [];
  let top = 0;
  for (const section of sections) {
    const row = { id: panels.length + 1, type: 'row', title: section.title, collapsed: false, panels: [] };
    panels.push({ ...row, gridPos: { x: 0, y: top, w: columns, h: 1 } });
    const { positioned, bottom } = layOut(section.panels, top + 1);
    for (const { panel, position } of positioned)
      panels.push(grafanaPanel(panel, position, panels.length + 1));
    top = bottom;
  }
  return panels;
}

/** A dashboard in Grafana's import format. The `uid` must never change, because links contain it. */
export function grafanaDashboard(uid: string, { title, sections }: DashboardDefinition): object {
  return {
    uid,
    title,
    tags: ['auth-service'],
    timezone: 'utc',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    panels: rowsOf(sections),
  };
}
