import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { dashboardDefinitions } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { resolveVariables, variableDefaults } from '../../charts-ts/monitoring/dashboards/variables.ts';
import { hashWaitQuery } from '../../charts-ts/monitoring/hash-wait.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { type Prometheus, startPrometheus } from '../../tools/observability/prometheus.ts';
import { startObserved } from '../../tools/observability/service.ts';
import { hasRealStores, realStores } from '../../tools/observability/stores.ts';
import { makeTraffic } from '../../tools/observability/traffic.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { runCompiledApp } from '../support/compiled-app.ts';
import { needs, toolPath } from '../support/debian-tool.ts';
import { until } from '../support/until.ts';

const canRun = toolPath('prometheus') && (await hasRealStores());
const values = loadValues('eks', { files: [], sets: [] });
const variables = { ...variableDefaults(values), __rate_interval: '10s' };
/** What this service does not have: yesterday, a read replica and a second signing key. */
const absent = /offset 1[dw]|auth_postgres_replica_lag_seconds|use="accepted"/;
const title = needs('prometheus', 'dashboards over a real Prometheus, real stores and the real service');

(canRun ? describe : describe.skip)(title, function () {
  this.timeout(120_000);
  const cleanup = createCleanup();
  let prometheus: Prometheus;
  /** The end of the traffic. A query of the present would find less with every test. */
  let at: number;

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panels-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const env = await realStores(folder, cleanup);
    const service = await startObserved({ folder, cleanup, env, program: runCompiledApp() });
    const { metricsPort } = service;
    // Some groups have an interval that is longer than this test.
    const groups = ruleGroups(values).map(({ name, rules }) => ({ name, rules }));
    prometheus = await startPrometheus({ folder, cleanup, metricsPort, groups });
    await makeTraffic(service.url, 6, 500);
    // A rate needs two samples, also of what happened last. A busy machine may have failed a scrape.
    const end = Date.now();
    const scrapes = async (): Promise<number> => {
      const now = Date.now();
      at = now / 1000;
      const [series] = await prometheus.query(`sum_over_time(up[${now - end + 1}ms])`, at);
      return series?.values[0]?.[1] ?? 0;
    };
    await until(async () => (await scrapes()) >= 2);
  });
  after(() => cleanup.run());

  for (const [name, { sections }] of Object.entries(dashboardDefinitions(values))) {
    const panels = sections.flatMap((section) => section.panels);
    // There is no cluster here. test/charts/dashboard-states.process.ts tests those panels with series made by promtool.
    for (const { title, queries } of panels.filter(({ requiresKubernetes }) => !requiresKubernetes)) {
      it(`${name}: “${title}” shows data`, async () => {
        for (const { expr, legend } of queries.filter(({ expr }) => !absent.test(expr))) {
          const found = await prometheus.query(resolveVariables(expr, variables), at);
          expect(found, expr).to.not.have.length(0);
          const numbers = found.flatMap((series) => series.values.map(([, value]) => value));
          expect(numbers.some(Number.isFinite), `${expr} is never a number`).to.equal(true);
          const labels = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label]) => label ?? '');
          if (labels.length > 0) expect(found[0]?.metric, legend).to.include.keys(labels);
        }
      });
    }
  }

  it('the query of prometheus-adapter returns a number for each pod', async () => {
    const expr = hashWaitQuery
      .replaceAll('<<.GroupBy>>', 'pod')
      .replaceAll('<<.LabelMatchers>>', 'namespace="auth-system",pod=~".+"');
    const [wait] = await prometheus.query(expr, at);
    expect(wait?.metric).to.deep.equal({ pod: 'auth-service-1' });
    expect(wait?.values[0]?.[1]).to.be.at.least(0);
  });

  it('every rule is evaluated without an error', async () => {
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    // Prometheus' own API; its form is documented and stable.
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; lastError?: string; health: string }[] }[] };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).to.be.greaterThan(20);
    for (const { name, health, lastError } of rules) expect(health, `${name}: ${lastError}`).to.equal('ok');
  });
});
