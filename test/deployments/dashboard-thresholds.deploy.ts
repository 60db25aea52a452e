import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seriesLabels } from '../../charts-ts/monitoring/promql.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { openHistory } from '../../tools/observability/backfill.ts';
import { thresholdColor } from '../../tools/observability/dashboard-json.ts';
import { framesOf } from '../../tools/observability/panel-data.ts';
import type { Prometheus, TimeRange } from '../../tools/observability/prometheus.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { authenticationCases } from './support/thresholds/authentication.ts';
import {
  type ColouredPanel,
  colouredPanels,
  inNamespace,
  type PanelCases,
  type PlacedCase,
  rulesOfCases,
  writeCases,
} from './support/thresholds/case.ts';
import { overviewCases } from './support/thresholds/overview.ts';
import { runtimeCases } from './support/thresholds/runtime.ts';
import { isOfService, serviceSeries } from './support/thresholds/series.ts';
import { need } from './support/tools.ts';

const cases: Readonly<Record<string, PanelCases>> = {
  overview: overviewCases,
  authentication: authenticationCases,
  runtime: runtimeCases,
};

/** From good to bad. A panel with several lines has the worst colour of them. */
const severities = ['green', 'orange', 'red'];
const end = Date.UTC(2026, 10, 26, 16) / 1000;
const range: TimeRange = { start: end - 600, end, step: 60 };
const intervals = { __interval: '1m', __rate_interval: '2m', __range: '10m' };

const nameOf = ({ dashboard, panel }: ColouredPanel): string => `${dashboard}: “${panel.title}”`;
const panels = colouredPanels();

interface Trial extends PlacedCase {
  readonly coloured: ColouredPanel;
  readonly color: string;
}

/** Every case, each in an installation of its own. */
function trials(): Trial[] {
  const values = loadValues('eks', { files: [], sets: [] });
  const found = panels.flatMap((coloured) => {
    const { dashboard, panel } = coloured;
    const byColor = Object.entries(cases[dashboard]?.[panel.title] ?? {});
    return byColor.flatMap(([color, given]) =>
      [given].flat().map((one) => ({ coloured, panel, color, case: one })),
    );
  });
  return found.map((trial, index) => ({ ...trial, values: inNamespace(values, `case-${index}`) }));
}

/** The colour that Grafana gives the panel: of the last value of each line, the worst. */
async function colorOf(
  { case: { isEmpty = false }, coloured, panel, values }: Trial,
  prometheus: Prometheus,
) {
  const variables = { ...coloured.variables, ...seriesLabels(values), ...intervals };
  const { timeFrom: _own, ...withoutRange } = panel;
  const frames = await framesOf(withoutRange, prometheus, variables, range);
  const last = frames.flatMap((frame) => frame.values.slice(-1));
  expect(last.length === 0, 'the panel is empty').to.equal(isEmpty);
  const numbers = isEmpty ? [Number.NEGATIVE_INFINITY] : last;
  const colors = numbers.map((value) => thresholdColor(value, coloured.thresholds) ?? 'none');
  expect(severities, 'the colours of the thresholds').to.include.members(colors);
  return severities.findLast((color) => colors.includes(color));
}

describe('the thresholds of the dashboards', function () {
  this.timeout(300_000);
  const cleanup = createCleanup();
  const all = trials();
  let prometheus: Prometheus;

  before(async function () {
    need(this, 'prometheus', 'the Debian package prometheus');
    need(this, 'promtool', 'the Debian package prometheus');
    const folder = mkdtempSync(join(tmpdir(), 'thresholds-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const samples = join(folder, 'samples.txt');
    writeCases(samples, all, end);
    prometheus = await openHistory({
      folder,
      cleanup,
      samples,
      groups: rulesOfCases(all),
      ranges: () => [range],
    });
  });
  after(() => cleanup.run());

  it('have cases for panels that exist only', () => {
    const described = Object.entries(cases).flatMap(([dashboard, byTitle]) =>
      Object.keys(byTitle).map((title) => `${dashboard}: “${title}”`),
    );
    expect(panels.map(nameOf)).to.include.members(described);
  });

  it('are tried with series that the service exposes', () => {
    const made = all.flatMap(({ case: { series } }) => series.filter(isOfService).map(({ name }) => name));
    expect([...serviceSeries(), 'up', 'ALERTS']).to.include.members(made);
  });

  for (const coloured of panels) {
    for (const color of new Set(coloured.thresholds.steps.map((step) => step.color))) {
      const ofColor = all.filter((trial) => trial.coloured === coloured && trial.color === color);
      if (ofColor.length === 0) {
        it(`${nameOf(coloured)} is ${color} in a case`, () =>
          expect.fail(`add one to test/deployments/support/thresholds/${coloured.dashboard}.ts`));
      }
      for (const trial of ofColor) {
        it(`${nameOf(coloured)} is ${color} while ${trial.case.while}`, async () => {
          expect(await colorOf(trial, prometheus)).to.equal(color);
        });
      }
    }
  }
});
