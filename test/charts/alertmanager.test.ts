import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { alertmanagerText } from '../../charts-ts/monitoring/alertmanager-config.ts';
import { inhibitions, inhibitRules } from '../../charts-ts/monitoring/alerts/inhibitions.ts';
import type { Alert } from '../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { secondsOf } from '../deployments/support/drills/scaled-rules.ts';
import { groupsOfAlerts, seriesOf } from './support/days/days.ts';
import { outages } from './support/days/outages.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const values = valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups');
const groups = groupsOfAlerts(ruleGroups(values));
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule): rule is Alert => 'alert' in rule);
const severityOf = (name: string): string | undefined =>
  alerts.find(({ alert }) => alert === name)?.labels.severity;

/**
 * Inhibitions whose consequence is not evaluated right after its source. Tickets about slow budgets remain after each outage, and
 * failed migrations stay in their window for half an hour.
 */
function* inOtherGroups(): Generator<readonly [source: string, consequence: string]> {
  const groupOf = (name: string) =>
    groups.find((group) => group.rules.some((rule) => 'alert' in rule && rule.alert === name))?.name;
  for (const { consequences, sources } of inhibitions)
    for (const source of sources.filter((one) => one !== 'AuthMigrationFailed'))
      for (const name of consequences.filter((one) => !one.endsWith('BudgetBurnSlow')))
        if (groupOf(source) !== groupOf(name)) yield [source, name];
}

describe('charts: inhibitions', () => {
  it('name alerts that exist', () => {
    const named = inhibitions.flatMap(({ consequences, sources }) => [...sources, ...consequences]);
    expect(alerts.map(({ alert }) => alert)).to.include.members(named);
  });

  it('have no circle, in which every alert would be silent', () => {
    const consequencesOf = (name: string): readonly string[] =>
      inhibitions.flatMap(({ consequences, sources }) => (sources.includes(name) ? consequences : []));
    for (const { alert } of alerts) {
      const reached = new Set(consequencesOf(alert));
      for (const one of reached) for (const next of consequencesOf(one)) reached.add(next);
      expect([...reached]).not.to.include(alert);
    }
  });

  it('never let a ticket inhibit a page', () => {
    for (const { consequences, sources } of inhibitions) {
      if (sources.some((name) => severityOf(name) === 'critical')) continue;
      for (const name of consequences) expect(severityOf(name), `${sources}: ${name}`).to.equal('warning');
    }
  });

  it('have sources that fire no later than their consequences', () => {
    const seconds = (name: string): number =>
      secondsOf(alerts.find(({ alert }) => alert === name)?.for ?? '');
    // A pod restarts three times before its alert begins to wait, which takes longer.
    for (const { consequences, sources } of inhibitions)
      for (const source of sources)
        for (const name of consequences.filter((one) => one !== 'AuthPodsRestarting'))
          expect(seconds(name), `${source}: ${name}`).to.be.at.least(seconds(source));
  });

  it('have tickets whose source continues to fire until their windows of five minutes are over', () => {
    const windows = [...inOtherGroups()].map(
      ([source, name]) =>
        [source, name, alerts.find(({ alert }) => alert === source)?.keep_firing_for] as const,
    );
    expect(windows.filter(([, , kept]) => kept === undefined || secondsOf(kept) < 360)).to.deep.equal([]);
    expect(windows).to.have.length.above(5);
  });

  it('are delivered to Alertmanager with an example of a route, as committed', () => {
    const text = readFileSync('docs/alertmanager/alertmanager.yaml', 'utf8');
    expect(text).to.equal(alertmanagerText(valuesOf('eks')));
    const { inhibit_rules, receivers, route } = parse(text);
    expect(inhibit_rules).to.deep.equal(inhibitRules(values));
    const names = receivers.map(({ name }: Loose) => name);
    for (const { receiver } of [route, ...route.routes]) expect(names).to.include(receiver);
    expect(route.routes[0].matchers).to.deep.equal(['severity="critical"']);
  });

  it('are the same in the object of the Prometheus Operator, which is there only if it is chosen', () => {
    const kinds = documentsOf('eks').map(({ object }) => object.kind);
    expect(kinds).not.to.include('AlertmanagerConfig');
    const { spec }: Loose = only(
      documentsOf('eks', 'monitoring.alertmanagerConfig.enabled=true'),
      'AlertmanagerConfig',
    );
    const ofOperator = spec.inhibitRules.map(({ equal, sourceMatch, targetMatch }: Loose) => {
      const matchers = (all: Loose[]) =>
        all.map(({ matchType, name, value }) => `${name}${matchType}"${value}"`);
      return { source_matchers: matchers(sourceMatch), target_matchers: matchers(targetMatch), equal };
    });
    expect(ofOperator).to.deep.equal(inhibitRules(values));
  });
});

describe('charts: simulated outages', () => {
  it('have every series that the rules read', () => {
    const present = new Set(
      Object.keys(seriesOf({ ...outages.scenario, minutes: 2 })).map((name) => name.split('{')[0]),
    );
    // What rules record, and the alerts themselves, exist once the rules are evaluated.
    const read = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/([a-zA-Z_][\w:]*)\{/g)].map(([, name = '']) => name),
    );
    const own = read.filter((name) => !name.startsWith('auth:') && name !== 'ALERTS');
    expect(own).to.have.length.above(50);
    expect([...new Set(own)].filter((name) => !present.has(name))).to.deep.equal([]);
  });
});
