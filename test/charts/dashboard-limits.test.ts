import { expect } from 'chai';
import { grafanaDashboards } from '../../charts-ts/monitoring/dashboard-config-maps.ts';
import { hashLimits, latencyLimit, limits } from '../../charts-ts/monitoring/limits.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { panelsOf } from './support/grafana.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const values = valuesOf(
  'eks',
  'backup.enabled=true,backup.claim=auth-backups,monitoring.rules.runbooks=https://wiki.example.com',
);
const rules: Loose[] = ruleGroups(values).flatMap((group) => group.rules);
const expressionOf = (name: string): string =>
  rules.find(({ alert, record }) => alert === name || record === name)?.expr ?? '';

const panels: Loose[] = JSON.parse(JSON.stringify([...grafanaDashboards(values).values()])).flatMap(panelsOf);
const stepsOf = ({ fieldConfig }: Loose): Loose[] => fieldConfig.defaults.thresholds.steps;
const panelsAbout = (alert: string): Loose[] =>
  panels.filter(({ links }) => links.some(({ title }: Loose) => title === `Runbook ${alert}`));

/** A comparison with the number, or the bucket that ends there. */
const compares = (expr: string, limit: number): boolean =>
  new RegExp(`(?:[<>]=? |le=")${String(limit).replace('.', '\\.')}(?![\\d.])`).test(expr);

describe('charts: the thresholds of panels', () => {
  const all: readonly (readonly [alert: string, limit: number])[] = [
    ...Object.entries(limits),
    ['AuthHashQueueSaturated', hashLimits.queueTime],
    ['AuthHashQueueSaturated', hashLimits.rejected],
    ['auth:authentication_slow_ratio:rate5m', latencyLimit],
  ];
  for (const [name, limit] of all)
    it(`have the limit ${limit} of ${name}`, () => {
      expect(compares(expressionOf(name), limit), `${name}: ${expressionOf(name)}`).to.equal(true);
    });

  for (const [alert, limit] of Object.entries(limits))
    it(`change colour where ${alert} fires`, () => {
      const steps = panelsAbout(alert).flatMap(stepsOf);
      // A panel of the good share has the complement.
      expect(steps.map(({ value }) => value)).to.include.oneOf([limit, 1 - limit]);
    });

  it('are red for alerts that page and orange for others', () => {
    for (const [alert, limit] of Object.entries(limits)) {
      const { labels } = rules.find((rule) => rule.alert === alert) ?? {};
      const colors = panelsAbout(alert)
        .flatMap(stepsOf)
        .filter(({ value }) => value === limit)
        .map(({ color }) => color);
      expect(colors, alert).to.include(labels.severity === 'critical' ? 'red' : 'orange');
    }
  });

  it('have a base and ascending steps, and a colour that changes', () => {
    const withMeaning = panels.filter((panel) => stepsOf(panel).length > 1);
    expect(withMeaning).to.have.length.above(25);
    for (const panel of withMeaning) {
      const [base, ...steps] = stepsOf(panel);
      expect(base.value, panel.title).to.equal(null);
      const from = steps.map(({ value }: Loose) => value);
      expect(from).to.deep.equal([...from].sort((a, b) => a - b));
      expect(new Set(stepsOf(panel).map(({ color }) => color)).size, panel.title).to.equal(steps.length + 1);
    }
  });

  it('are missing only where any value is normal', () => {
    const without = panels.filter((panel) => stepsOf(panel).length === 1).map(({ title }) => title);
    expect([...new Set(without)].sort()).to.deep.equal([
      'Account lockouts, 15 minutes',
      'Accounts in login attempts, 10 minutes',
      'Active sessions',
      'Age of accepted keys',
      'CPU usage',
      'Checks of new passwords for breaches',
      'Connections closed by limits',
      'Hash queue depth',
      'Hash rate',
      'Heap used',
      'Logins by outcome',
      'Open connections',
      'Open file descriptors',
      'Postgres connections',
      'Postgres query latency',
      'Postgres query rate by outcome',
      'Postgres replica lag',
      'Rate-limited requests by limit',
      'Redis command latency',
      'Redis command rate by outcome',
      'Redis connections',
      'Redis errors by reason',
      'Registrations by outcome',
      'Request rate by route',
      'Request rate by status code',
      'Requests in flight',
      'Resident memory',
      'Running versions',
      'Server errors by route',
      'Successful logins and what is usual',
      'Token checks',
      'Token refreshes by cause',
    ]);
  });

  it('are lines in graphs', () => {
    for (const panel of panels.filter(({ type }) => type === 'timeseries')) {
      const { mode } = panel.fieldConfig.defaults.custom.thresholdsStyle;
      expect(mode, panel.title).to.equal(stepsOf(panel).length > 1 ? 'dashed' : 'off');
    }
  });
});
