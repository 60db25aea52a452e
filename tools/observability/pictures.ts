import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboardDefinitions } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { chromiumPath, launchChromium } from '../../test/support/chromium.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import { createCleanup } from '../torture/harness/cleanup.ts';
import { picturePage } from './picture-page.ts';
import { startPrometheus } from './prometheus.ts';
import { startObserved } from './service.ts';
import { hasRealStores, realStores } from './stores.ts';
import { makeTraffic } from './traffic.ts';

// npm run pictures [-- --seconds 60]: draws the dashboards as pictures into docs/pictures.
const { values: flags } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const seconds = Number(flags.seconds);
const values = loadValues('eks', { files: [], sets: [] });
const cleanup = createCleanup();

async function draw(browserPath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const env = await realStores(folder, cleanup);
  const { metricsPort, url } = await startObserved({ folder, cleanup, env });
  const prometheus = await startPrometheus({ folder, cleanup, metricsPort, groups: ruleGroups(values) });
  await makeTraffic(url, seconds);
  const browser = await launchChromium(browserPath);
  cleanup.add(() => browser.close());
  mkdirSync('docs/pictures', { recursive: true });
  for (const [name, definition] of Object.entries(dashboardDefinitions(values))) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await picturePage(definition, prometheus, seconds));
    await page.goto(`file://${file}`);
    await page.waitForSelector('body[data-done=yes]');
    await page.screenshot({ path: `docs/pictures/${name}.png`, fullPage: true });
    process.stdout.write(`docs/pictures/${name}.png\n`);
  }
}

if (!chromiumPath || !toolPath('prometheus') || !(await hasRealStores())) {
  process.stderr.write('needs the Debian packages chromium, prometheus, redis-server and postgresql\n');
  process.exit(1);
}
try {
  await draw(chromiumPath);
} finally {
  await cleanup.run();
}
process.exit(0);
