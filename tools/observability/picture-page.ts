import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DashboardDefinition, Panel } from '../../charts-ts/monitoring/dashboards/panel.ts';
import type { Prometheus, Series } from './prometheus.ts';

interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** The data of one panel. */
interface PanelData {
  readonly title: string;
  readonly unit: string;
  readonly isStat: boolean;
  readonly lines: readonly Line[];
}

const legendOf = (legend: string, { metric }: Series): string =>
  legend.replace(/{{(\w+)}}/g, (_, label: string) => metric[label] ?? '').trim();

async function panelData(panel: Panel, prometheus: Prometheus, seconds: number): Promise<PanelData> {
  const now = Date.now() / 1000;
  const perQuery = await Promise.all(
    panel.queries.map(async ({ expr, legend }): Promise<Line[]> => {
      const found = await prometheus.range(expr.replaceAll('$__rate_interval', '10s'), seconds, 1);
      return found.map((series) => ({
        label: legendOf(legend, series),
        points: series.values
          .filter(([, value]) => Number.isFinite(value))
          .map(([time, value]) => ({ x: Math.round(time - now), y: value })),
      }));
    }),
  );
  return { title: panel.title, unit: panel.unit, isStat: panel.isStat === true, lines: perQuery.flat() };
}

const chartScript = (): string =>
  readFileSync(
    createRequire(import.meta.url)
      .resolve('chart.js')
      .replace(/[^/]+$/, 'chart.umd.js'),
    'utf8',
  );

/** Runs in the browser and draws one chart for each panel. */
const drawScript = `
const short = (v) => Math.abs(v) >= 1000 ? (v / 1000).toFixed(1) + ' k' : String(Number(v.toPrecision(3)));
const units = {
  percentunit: (v) => Number((v * 100).toPrecision(3)) + ' %',
  s: (v) => Math.abs(v) < 1 ? short(v * 1000) + ' ms' : short(v) + ' s',
  bytes: (v) => short(v / 1048576) + ' MiB',
  reqps: (v) => short(v) + '/s', cps: (v) => short(v) + '/s', short, none: short,
};
const colors = ['#3274d9', '#e0752d', '#56a64b', '#a352cc', '#e02f44', '#d9a300', '#37872d', '#0a7ea4', '#8f3bb8', '#999'];
for (const [index, panel] of panels.entries()) {
  const box = document.getElementById('panel-' + index);
  const text = units[panel.unit];
  if (panel.isStat) {
    box.innerHTML = panel.lines.map((line) => '<b>' + text(line.points.at(-1)?.y ?? NaN) + '</b><small>' + line.label + '</small>').join('');
    continue;
  }
  new Chart(box.appendChild(document.createElement('canvas')), {
    type: 'line',
    data: { datasets: panel.lines.map((line, n) => ({
      label: line.label, data: line.points, borderColor: colors[n % colors.length], borderWidth: 1.5, pointRadius: 0,
    })) },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false,
      scales: {
        x: { type: 'linear', ticks: { callback: (v) => v + ' s', maxTicksLimit: 6 } },
        y: { beginAtZero: true, ticks: { callback: text, maxTicksLimit: 6 } },
      },
      plugins: { legend: { position: 'bottom', labels: { boxWidth: 10, font: { size: 10 } } } },
    },
  });
}
document.body.dataset.done = 'yes';
`;

const style = `
body { font: 13px sans-serif; margin: 16px; width: 1368px; background: #f4f5f5; color: #222 }
h1 { font-size: 18px; margin: 0 } h2 { font-size: 14px; margin: 14px 0 6px } p { margin: 4px 0; color: #555 }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start }
.panel { background: #fff; border: 1px solid #ddd; padding: 6px 8px; width: 432px }
.panel h3 { font-size: 12px; margin: 0 0 4px } .panel div { height: 210px; position: relative }
.stat { width: auto; min-width: 198px } .stat div { height: auto; min-height: 56px }
b { font-size: 24px; color: #37872d; margin-right: 8px } small { color: #555; margin-right: 16px }
`;

const inHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * An HTML page that draws the panels of a dashboard with the data of the last `seconds`. Panels that need Kubernetes are
 * omitted.
 */
export async function picturePage(
  { title, sections }: DashboardDefinition,
  prometheus: Prometheus,
  seconds: number,
): Promise<string> {
  const allData: PanelData[] = [];
  let body = '';
  for (const section of sections) {
    body += `<h2>${inHtml(section.title)}</h2><div class="row">`;
    for (const panel of section.panels.filter(({ requiresKubernetes }) => !requiresKubernetes)) {
      const kind = panel.isStat ? 'panel stat' : 'panel';
      body += `<div class="${kind}"><h3>${inHtml(panel.title)}</h3><div id="panel-${allData.length}"></div></div>`;
      allData.push(await panelData(panel, prometheus, seconds));
    }
    body += '</div>';
  }
  const note =
    `Drawn with Chart.js from the data of a Prometheus that scraped one process during ${seconds} s of generated traffic. ` +
    'This is not a screenshot of Grafana; the queries are those of the dashboard.';
  const data = JSON.stringify(allData).replaceAll('<', '\\u003c');
  return (
    `<!doctype html><meta charset="utf-8"><style>${style}</style><h1>${inHtml(title)}</h1><p>${note}</p>${body}` +
    `<script>${chartScript()}</script><script>const panels = ${data};${drawScript}</script>`
  );
}
