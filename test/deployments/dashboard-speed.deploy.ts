import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { panelsOf, resolved } from '../charts/support/grafana.ts';
import { type Loose, valuesOf } from '../charts/support/synthesized.ts';
import { type MonthOfPods, startMonthOfPods } from './support/month/data.ts';
import { need } from './support/tools.ts';

/** Milliseconds that the slowest query of a dashboard may take. */
const limit = 200;
const runs = 5;
/** `DASHBOARD_PODS=2` tests the queries on less data, within a minute. */
const pods = Number(process.env.DASHBOARD_PODS ?? 50);

const hour = 3_600;
/** Seconds that a dashboard shows by default, and a panel with a period of its own. */
const ranges: Readonly<Record<string, number>> = { '6h': 6 * hour, '30d': 30 * 24 * hour };

interface Question {
  readonly name: string;
  readonly path: string;
  readonly parameters: Record<string, string>;
  /** Data of Kubernetes and of alerts is not in the month. */
  readonly mayBeEmpty: boolean;
}

/**
 * What Grafana asks for a graph that is a third of a wide screen, about 620 points: it rounds the distance of the points, and
 * takes at least the interval of the scrapes.
 */
const steps: Readonly<Record<string, number>> = { '6h': 30, '30d': hour };
const scrape = 30;

function questionsOf(dashboard: Loose, end: number): Question[] {
  const graph = (expr: string, range: string) => {
    const step = steps[range] ?? scrape;
    const rateInterval = `${Math.max(step + scrape, 4 * scrape)}s`;
    const query = resolved(expr, dashboard, { __rate_interval: rateInterval });
    const start = String(end - (ranges[range] ?? 0));
    return { path: 'query_range', parameters: { query, start, end: String(end), step: String(step) } };
  };
  const number = (expr: string) => ({
    path: 'query',
    parameters: { query: resolved(expr, dashboard), time: String(end) },
  });
  const ofPanels = panelsOf(dashboard).flatMap(({ targets, timeFrom = '6h', title }) =>
    targets.map(({ expr, instant, refId }: Loose) => ({
      name: `${dashboard.uid}: ${title} (${refId})`,
      mayBeEmpty: /kube_|container_|ALERTS/.test(expr),
      ...(instant ? number(expr) : graph(expr, timeFrom)),
    })),
  );
  const ofAnnotations = dashboard.annotations.list.flatMap(({ expr, name }: Loose) =>
    expr ? [{ name: `${dashboard.uid}: annotation ${name}`, mayBeEmpty: true, ...graph(expr, '6h') }] : [],
  );
  const ofVariables = dashboard.templating.list.flatMap(({ name, query, type }: Loose) => {
    const [, match = '', label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
    if (type !== 'query') return [];
    const times = { start: String(end - 6 * hour), end: String(end) };
    const parameters = { 'match[]': resolved(match, dashboard), ...times };
    return [
      {
        name: `${dashboard.uid}: variable ${name}`,
        path: `label/${label}/values`,
        parameters,
        mayBeEmpty: false,
      },
    ];
  });
  return [...ofPanels, ...ofAnnotations, ...ofVariables];
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

describe(`The queries of the dashboards, on 30 days of ${pods} pods`, function () {
  this.timeout(40 * 60_000);
  const values = valuesOf('eks');
  const dashboards: Loose[] = JSON.parse(JSON.stringify([...grafanaDashboards(values).values()]));
  let folder: string;
  let month: MonthOfPods;
  const measured: { name: string; milliseconds: number; series: number; mayBeEmpty: boolean }[] = [];

  before(async function () {
    need(this, 'prometheus', 'the Debian package prometheus');
    need(this, 'promtool', 'the Debian package prometheus');
    folder = mkdtempSync(join(tmpdir(), 'dashboard-speed-'));
    month = await startMonthOfPods(folder, ruleGroups(values), pods);
    for (const question of dashboards.flatMap((dashboard) => questionsOf(dashboard, month.end - 1))) {
      const { mayBeEmpty, name, parameters, path } = question;
      const times: number[] = [];
      let series = 0;
      for (let run = 0; run < runs; run += 1) {
        const answer = await month.prometheus.ask(path, parameters);
        times.push(answer.milliseconds);
        series = answer.series.length;
      }
      measured.push({ name, milliseconds: median(times), series, mayBeEmpty });
    }
  });
  after(async () => {
    await month?.prometheus.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const slowest = (lines: readonly (readonly [string, number])[], count: number): string =>
    [...lines]
      .sort(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([name, milliseconds]) => `${milliseconds.toFixed(1).padStart(8)} ms  ${name}\n`)
      .join('');

  it('return data', () => {
    const empty = measured.filter(({ mayBeEmpty, series }) => series === 0 && !mayBeEmpty);
    expect(empty.map(({ name }) => name)).to.deep.equal([]);
  });

  it(`take less than ${limit} ms each`, () => {
    process.stdout.write(
      `${month.description}\nslowest of ${measured.length} queries, medians of ${runs}:\n`,
    );
    process.stdout.write(
      slowest(
        measured.map(({ milliseconds, name }) => [name, milliseconds]),
        10,
      ),
    );
    const slow = measured.filter(({ milliseconds }) => milliseconds >= limit);
    expect(slow.map(({ milliseconds, name }) => `${name}: ${milliseconds.toFixed(0)} ms`)).to.deep.equal([]);
  });

  it('cost Prometheus little for the series that rules record for them', () => {
    process.stdout.write(`slowest of ${month.rules.size} recording rules, one evaluation:\n`);
    process.stdout.write(slowest([...month.rules], 10));
    const recorded = [...month.rules].filter(([name]) => /_bucket:rate5m$|^auth:http_requests:/.test(name));
    expect(recorded).to.have.length.above(4);
    // Prometheus evaluates a rule each 30 s.
    const share = recorded.reduce((sum, [, milliseconds]) => sum + milliseconds, 0) / 30_000;
    process.stdout.write(`the rules of the dashboards use ${(share * 100).toFixed(1)} % of a core\n`);
    expect(share).to.be.below(0.1);
  });
});
