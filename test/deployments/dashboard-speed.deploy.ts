import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { seriesIn } from '../charts/support/grafana.ts';
import { type Loose, valuesOf } from '../charts/support/synthesized.ts';
import type { StoppedPrometheus } from './support/month/backfill.ts';
import { endOfMonth, startMonthOfPods } from './support/month/data.ts';
import { questionsOf } from './support/month/questions.ts';
import { need } from './support/tools.ts';

/** Milliseconds that a query of a dashboard may take. */
const limit = 200;
const runs = 10;
/** `DASHBOARD_PODS=2` tests the queries on less data, within a minute. */
const pods = Number(process.env.DASHBOARD_PODS ?? 50);

const values = valuesOf('eks');
const dashboards: Loose[] = JSON.parse(JSON.stringify([...grafanaDashboards(values).values()]));
const groups = ruleGroups(values);
const end = endOfMonth();
const questions = questionsOf(dashboards, end - 1);
const shown = new Set(
  questions.flatMap(({ parameters }) => seriesIn(parameters.query ?? parameters['match[]'] ?? '')),
);

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0;

/** The lines of a report about the slowest of something. */
const slowest = (times: ReadonlyMap<string, number>): string =>
  [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10)
    .map(([name, milliseconds]) => `${milliseconds.toFixed(1).padStart(8)} ms  ${name}\n`)
    .join('');

describe(`The queries of the dashboards, on 30 days of ${pods} pods`, function () {
  this.timeout(40 * 60_000);
  let folder: string;
  let prometheus: StoppedPrometheus;
  let description = '';
  const queries = new Map<string, number>();
  const waits: number[] = [];
  const rules = new Map<string, number>();

  /**
   * How long a query takes: the median of ten runs, or the CPU time of Prometheus if other work on the machine makes it wait longer.
   * @returns milliseconds, and the number of series in the answer
   */
  async function measure(path: string, parameters: Readonly<Record<string, string>>) {
    const times: number[] = [];
    let series = 0;
    const before = prometheus.cpuTime();
    for (let run = 0; run < runs; run += 1) {
      const answer = await prometheus.ask(path, parameters);
      times.push(answer.milliseconds);
      series = answer.series.length;
    }
    const cpuTime = (prometheus.cpuTime() - before) / runs;
    const waited = median(times);
    return { milliseconds: Math.min(waited, cpuTime || waited), waited, series };
  }

  before(async function () {
    need(this, 'prometheus', 'the Debian package prometheus');
    need(this, 'promtool', 'the Debian package prometheus');
    folder = mkdtempSync(join(tmpdir(), 'dashboard-speed-'));
    ({ description, prometheus } = await startMonthOfPods(folder, { count: pods, end, groups, shown }));
  });
  after(async () => {
    await prometheus?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
    if (queries.size === 0) return;
    const late = waits.filter((milliseconds) => milliseconds >= limit).length;
    process.stdout.write(
      `${description}\n${late} of ${waits.length} answers took ${limit} ms or more with the other work of this machine\n` +
        `slowest queries without it:\n${slowest(queries)}` +
        `slowest of the ${rules.size} recording rules of the dashboards:\n${slowest(rules)}`,
    );
  });

  for (const { mayBeEmpty, name, parameters, path } of questions)
    it(`${name} takes less than ${limit} ms`, async () => {
      const { milliseconds, series, waited } = await measure(path, parameters);
      queries.set(name, milliseconds);
      waits.push(waited);
      if (!mayBeEmpty) expect(series, 'the answer is empty').to.be.above(0);
      expect(milliseconds, parameters.query).to.be.below(limit);
    });

  it('cost Prometheus little for the series that rules record for them', async () => {
    const recordings = groups
      .filter((group) => group.name.endsWith('-dashboards'))
      .flatMap((group) => group.rules.flatMap((rule) => ('record' in rule ? [rule] : [])));
    for (const { expr, record } of recordings)
      rules.set(record, (await measure('query', { query: expr, time: String(end - 1) })).milliseconds);
    // Prometheus evaluates a rule each 30 s.
    const share = [...rules.values()].reduce((sum, milliseconds) => sum + milliseconds, 0) / 30_000;
    process.stdout.write(`      the rules of the dashboards use ${(share * 100).toFixed(1)} % of a core\n`);
    expect(share).to.be.below(0.1);
  });
});
