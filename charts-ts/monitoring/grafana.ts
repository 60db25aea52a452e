import type { DashboardDefinition, Panel, Section } from './panel.ts';

const columns = 24;
const sizes = { stat: { w: 4, h: 4 }, timeseries: { w: 8, h: 8 } } as const;
/** Chosen by the viewer; Grafana's default at first. */
const datasource = { type: 'prometheus', uid: '$datasource' };

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** From left to right; a panel that does not fit begins a line of its own. */
export function place(panels: readonly Panel[], top: number): { places: Placed[]; bottom: number } {
  let [x, y, lineHeight] = [0, top, 0];
  const places = panels.map((panel) => {
    const size = sizes[panel.stat ? 'stat' : 'timeseries'];
    if (x + size.w > columns || (lineHeight > 0 && size.h !== lineHeight)) {
      [x, y] = [0, y + lineHeight];
    }
    lineHeight = size.h;
    const placed = { x, y, ...size };
    x += size.w;
    return placed;
  });
  return { places, bottom: y + lineHeight };
}

function grafanaPanel(panel: Panel, gridPos: Placed, id: number): object {
  const graph = { custom: { drawStyle: 'line', fillOpacity: 10, showPoints: 'never' } };
  return {
    id,
    type: panel.stat ? 'stat' : 'timeseries',
    title: panel.title,
    description: panel.description,
    datasource,
    gridPos,
    fieldConfig: { defaults: { unit: panel.unit, ...(panel.stat ? {} : graph) }, overrides: [] },
    options: panel.stat
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

function rowsOf(sections: readonly Section[]): object[] {
  const panels: object[] = [];
  let top = 0;
  for (const section of sections) {
    const row = { id: panels.length + 1, type: 'row', title: section.title, collapsed: false, panels: [] };
    panels.push({ ...row, gridPos: { x: 0, y: top, w: columns, h: 1 } });
    const { places, bottom } = place(section.panels, top + 1);
    section.panels.forEach((panel, index) => {
      const at = places[index];
      if (at) panels.push(grafanaPanel(panel, at, panels.length + 1));
    });
    top = bottom;
  }
  return panels;
}

/** A dashboard as Grafana imports it. `uid` stays the same for ever: links to it are kept. */
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
