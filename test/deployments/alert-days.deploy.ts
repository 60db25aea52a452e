import { expect } from 'chai';
import { inhibitRules } from '../../charts-ts/monitoring/alerts/inhibitions.ts';
import type { RuleGroup } from '../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { calendar, expectations } from '../charts/support/days/calendar.ts';
import { failedExpectations, groupsOfAlerts, ownLines, summaryOf } from '../charts/support/days/days.ts';
import { outagesOfStores } from '../charts/support/days/outages.ts';
import { valuesOf } from '../charts/support/synthesized.ts';
import { need } from './support/tools.ts';

const values = valuesOf(
  'eks',
  'backup.enabled=true,backup.claim=auth-backups,monitoring.serviceMonitor.interval=2m',
);
const groups = groupsOfAlerts(ruleGroups(values));

/** The groups with one alert changed. */
const changed = (name: string, change: object): RuleGroup[] =>
  groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) =>
      'alert' in rule && rule.alert === name ? { ...rule, ...change } : rule,
    ),
  }));

describe('Simulated days', function () {
  this.timeout(1_800_000);
  let output = '';

  before(function () {
    need(this, 'promtool', 'the Debian package prometheus');
    output = failedExpectations({ groups, values, scenario: calendar, expectations });
  });

  for (const expectation of expectations)
    it(summaryOf(expectation), () => {
      expect(ownLines(output, expectation)).to.equal('');
    });

  it('were evaluated without a fault', () => {
    expect(output).to.equal('');
  });
});

describe('Simulated outages', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'promtool', 'the Debian package prometheus');
  });
  const trial = { groups, values, ...outagesOfStores };

  it('find an inhibition that is missing', () => {
    const rules = inhibitRules(values).filter(
      ({ source_matchers: [source] }) => source !== 'alertname=~"AuthPostgresUnavailable"',
    );
    expect(failedExpectations({ ...trial, rules }))
      .to.contain('AuthAvailabilityBudgetBurnFast')
      .and.contain('Postgres');
  });

  it('find a consequence that is missing in an inhibition', () => {
    const rules = inhibitRules(values).map(({ target_matchers, ...rule }) => ({
      ...rule,
      target_matchers: target_matchers.map((text) => text.replace('AuthAvailabilityBudgetBurnFast|', '')),
    }));
    expect(failedExpectations({ ...trial, rules })).to.contain('AuthAvailabilityBudgetBurnFast');
  });

  it('find a ticket that pages', () => {
    const labels = { severity: 'critical', namespace: 'auth-system', job: 'auth-service' };
    const failed = failedExpectations({ ...trial, groups: changed('AuthRedisUnavailable', { labels }) });
    expect(failed).to.contain('AuthRedisUnavailable').and.contain('Redis');
  });

  it('find a page that comes after the end of the outage', () => {
    const plain = groups
      .flatMap((group) => group.rules)
      .find((rule) => 'alert' in rule && rule.alert === 'AuthAvailabilityBudgetBurnFast');
    const expr = plain?.expr.replace(/ unless on \(\) auth:outage_ended.*$/, '');
    expect(expr).to.not.equal(plain?.expr);
    const failed = failedExpectations({
      ...trial,
      groups: changed('AuthAvailabilityBudgetBurnFast', { expr }),
    });
    expect(failed).to.contain('AuthAvailabilityBudgetBurnFast');
  });
});
