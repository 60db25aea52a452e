import type { DashboardDefinition, Panel } from './panel.ts';

const columns = 24;
const sizes = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 } } as const;
/** A variable of the dashboard, so that the viewer can choose another Prometheus. */
const datasource = { type: 'prometheus', uid: '$datasource' };

function grafanaPanel(panel: Panel, gridPos: object, id: number): object {
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

/** Places panels from left to right. A panel that does not fit, or has another height, starts a new line. */
function rowsOf(sections: DashboardDefinition['sections']): object[] {
  const placed: object[] = [];
  let [x, y, lineHeight] = [0, 0, 0];
  for (const { panels, title } of sections) {
    const gridPos = { x: 0, y: y + lineHeight, w: columns, h: 1 };
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, panels: [], gridPos });
    [x, y, lineHeight] = [0, gridPos.y + 1, 0];
    for (const panel of panels) {
      const size = sizes[panel.isStat ? 'stat' : 'timeseries'];
      if (x + size.w > columns || (lineHeight > 0 && size.h !== lineHeight)) [x, y] = [0, y + lineHeight];
      placed.push(grafanaPanel(panel, { x, y, ...size }, placed.length + 1));
      [x, lineHeight] = [x + size.w, size.h];
    }
  }
  return placed;
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
