import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { toolPath } from '../../test/support/debian-tool.ts';
import { cleanUpAll, createCleanup } from '../torture/harness/cleanup.ts';
import {
  type DashboardJson,
  importedDashboards,
  interpolate,
  type PanelJson,
  variableValues,
} from './dashboard-json.ts';
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

/** Grafana computes these from the time range and the scrape interval, which is a second here. */
const intervals = { __interval: '5s', __rate_interval: '30s', __range: '5m' };

/** A link to the expression browser of Prometheus with the queries of one panel. */
function graphLink(
  url: string,
  { targets = [] }: PanelJson,
  variables: Readonly<Record<string, string>>,
): string {
  const parameters = targets.flatMap(({ expr }, index) => [
    [`g${index}.expr`, interpolate(expr, variables)] as [string, string],
    [`g${index}.tab`, '0'] as [string, string],
    [`g${index}.range_input`, '5m'] as [string, string],
  ]);
  return `${url}/graph?${new URLSearchParams(parameters)}`;
}

/** The first graph of each row of a dashboard, with the title of the row. */
function firstGraphs({ panels }: DashboardJson): { row: string; panel: PanelJson }[] {
  const rows = panels.flatMap((panel, index) =>
    panel.type === 'row' ? [{ title: panel.title, index }] : [],
  );
  return rows.flatMap(({ index, title }, number) => {
    const inRow = panels.slice(index + 1, rows[number + 1]?.index);
    const panel = inRow.find(({ type }) => type === 'timeseries') ?? inRow[0];
    return panel ? [{ row: title, panel }] : [];
  });
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
  for (const [name, dashboard] of importedDashboards()) {
    const variables = { ...variableValues(dashboard), ...intervals };
    say(
      `\n${name}: import docs/dashboards/${name}.json into Grafana, or open the first graph of each row here:`,
    );
    for (const { panel, row } of firstGraphs(dashboard))
      say(`  ${row}: ${graphLink(prometheus.url, panel, variables)}`);
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
