import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { seriesLabels } from '../../charts-ts/monitoring/promql.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { chromiumPath, launchChromium } from '../../test/support/chromium.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import { createCleanup } from '../torture/harness/cleanup.ts';
import { runToEnd } from '../torture/harness/process.ts';
import { openHistory } from './backfill.ts';
import { importedDashboards, variableValues } from './dashboard-json.ts';
import { createPainter } from './grafana/bundle.ts';
import { end, scrapeInterval, simulationStart, start } from './history/story.ts';
import { recordedRanges, writeHistory } from './history/write-history.ts';
import { type DrawnDashboard, dashboardData, emptyPanels } from './panel-data.ts';
import type { Prometheus, TimeRange } from './prometheus.ts';

// npm run pictures [-- --out FOLDER]: draws the dashboards as pictures, light and dark.
const { values: flags } = parseArgs({ options: { out: { type: 'string', default: 'docs/pictures' } } });
const cleanup = createCleanup();
const width = 1400;
const range: TimeRange = { start, end, step: 60 };
const timeText = '2026-11-26 10:20:00 to 2026-11-26 16:20:00 UTC';

/** What Grafana computes from the range and from a scrape interval of 30 seconds. */
const intervals = { __interval: '1m', __rate_interval: '2m', __range: '6h' };

/** Writes the past of the model installation, and opens a Prometheus over it. */
async function openModel(folder: string): Promise<Prometheus> {
  const values = loadValues('eks', { files: [], sets: [] });
  const samples = join(folder, 'samples.txt');
  await writeHistory(samples, seriesLabels(values));
  return openHistory({
    folder,
    cleanup,
    samples,
    groups: ruleGroups(values),
    ranges: recordedRanges,
    alerts: { start: simulationStart, end, step: scrapeInterval },
  });
}

/** The pixels above the row with this index. */
async function heightAbove(page: Page, index: number): Promise<number | undefined> {
  const box = await page.locator('[data-row]').nth(index).boundingBox();
  return box ? Math.round(box.y) - 4 : undefined;
}

/** Draws a dashboard in both modes, and for the README its first two rows alone. */
async function draw(
  folder: string,
  open: () => Promise<Page>,
  name: string,
  drawn: DrawnDashboard,
): Promise<void> {
  for (const mode of ['light', 'dark']) {
    const page = await open();
    // reason: page.js defines it, which tsc does not read.
    await page.evaluate(
      ([data, settings]) =>
        (globalThis as unknown as { drawDashboard(...given: unknown[]): Promise<void> }).drawDashboard(
          data,
          settings,
        ),
      [drawn, { mode, timeText, width }] as const,
    );
    await page.waitForLoadState('networkidle');
    const file = (title: string): string => join(flags.out, `${title}-${mode}.png`);
    await page.screenshot({ path: file(name), fullPage: true });
    const height = name === 'overview' ? await heightAbove(page, 2) : undefined;
    if (height)
      await page.screenshot({ path: file('face'), clip: { x: 0, y: 0, width, height }, fullPage: true });
    const drawnFiles = [file(name), ...(height ? [file('face')] : [])];
    // 256 colours: a reader sees no difference, and the files are a third as large.
    await runToEnd(
      [toolPath('pngquant') ?? 'pngquant', '--force', '--ext=.png', '--strip', '--speed=1', ...drawnFiles],
      {
        logFile: join(folder, 'pngquant.log'),
      },
    );
    process.stdout.write(`${drawnFiles.join('\n')}\n`);
    await page.close();
  }
}

async function run(browserPath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(flags.out, { recursive: true });
  const prometheus = await openModel(folder);
  const browser = await launchChromium(browserPath);
  cleanup.add(() => browser.close());
  const open = await createPainter({ folder, browser, width });
  for (const [name, dashboard] of importedDashboards()) {
    const variables = { ...variableValues(dashboard), ...intervals };
    const drawn = await dashboardData(dashboard, prometheus, variables, range);
    for (const title of emptyPanels(drawn))
      process.stderr.write(`${name}: the panel “${title}” has no data\n`);
    await draw(folder, open, name, drawn);
  }
}

if (!chromiumPath || !toolPath('prometheus') || !toolPath('pngquant')) {
  process.stderr.write('needs the Debian packages chromium, prometheus and pngquant\n');
  process.exit(1);
}
try {
  await run(chromiumPath);
} finally {
  await cleanup.run();
}
process.exit(0);
