import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dashboardDefinitions } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import { cleanUpAll, createCleanup } from '../torture/harness/cleanup.ts';
import { startPrometheus } from './prometheus.ts';
import { startObserved } from './service.ts';
import { hasRealStores, realStores } from './stores.ts';
import { makeTraffic } from './traffic.ts';

// npm run demo:observability [-- --seconds 60]: runs the service, a Prometheus with the alert rules, and traffic.
const { values: flags } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });
const seconds = Number(flags.seconds);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (!toolPath('prometheus')) {
  say('Prometheus is missing. It is in the Debian package prometheus: apt-get install prometheus');
  process.exit(1);
}

const values = loadValues('eks', { files: [], sets: [] });
const cleanup = createCleanup();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUpAll().finally(() => process.exit(0)));
}

/** A link to the expression browser of Prometheus with the queries of one panel. */
function graphLink(url: string, queries: readonly string[]): string {
  const parameters = queries.flatMap((expr, index) => [
    [`g${index}.expr`, expr.replaceAll('$__rate_interval', '30s')] as [string, string],
    [`g${index}.tab`, '0'] as [string, string],
    [`g${index}.range_input`, '5m'] as [string, string],
  ]);
  return `${url}/graph?${new URLSearchParams(parameters)}`;
}

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'observability-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const env = (await hasRealStores()) ? await realStores(folder, cleanup) : null;
  if (!env)
    say(
      'Postgres and Redis are not available: the service uses the embedded stores, and the Redis panels stay empty.',
    );
  const service = await startObserved({ folder, cleanup, env: env ?? {} });
  const { metricsPort, metricsUrl, url } = service;
  const prometheus = await startPrometheus({ folder, cleanup, metricsPort, groups: ruleGroups(values) });
  say(`service      ${url}/api/v1/docs`);
  say(`metrics      ${metricsUrl}`);
  say(`log          ${service.logFile}`);
  say(`prometheus   ${prometheus.url}`);
  say(`alerts       ${prometheus.url}/alerts`);
  for (const [name, { sections }] of Object.entries(dashboardDefinitions(values))) {
    say(
      `\n${name}: import docs/dashboards/${name}.json into Grafana, or open the first panel of each section here:`,
    );
    for (const { panels, title } of sections) {
      const panel = panels.find(({ isStat }) => !isStat) ?? panels[0];
      if (panel)
        say(
          `  ${title}: ${graphLink(
            prometheus.url,
            panel.queries.map(({ expr }) => expr),
          )}`,
        );
    }
  }
  say(`\ngenerating traffic for ${seconds} s; press Ctrl-C to stop`);
  await makeTraffic(url, seconds);
}

try {
  await run();
} finally {
  await cleanup.run();
}
// The connection pools of the harness would keep the process alive.
process.exit(0);
