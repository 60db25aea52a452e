import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Alert } from '../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { situations } from './support/situations.ts';
import { valuesOf } from './support/synthesized.ts';

const groups = ruleGroups(valuesOf('eks', 'backup.enabled=true,backup.claim=auth-backups'));
const alerts = groups.flatMap(({ rules }) => rules).filter((rule): rule is Alert => 'alert' in rule);

describe('charts: alerts', () => {
  it('each have a severity, a summary and a runbook with four sections', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect(labels.severity).to.be.oneOf(['critical', 'warning']);
      expect(annotations.summary).to.not.equal('');
      expect(annotations.runbook_url).to.match(new RegExp(`/docs/runbooks/${alert}\\.md$`));
      const path = `docs/runbooks/${alert}.md`;
      expect(existsSync(path), path).to.equal(true);
      const runbook = readFileSync(path, 'utf8');
      expect(runbook.startsWith(`# ${alert}\n`), path).to.equal(true);
      for (const section of ['## Meaning', '## Impact', '## Diagnosis', '## Mitigation'])
        expect(runbook, path).to.contain(section);
    }
  });

  it('are each tested in a situation that fires them and in one that does not', () => {
    expect(Object.keys(situations).sort()).to.deep.equal(alerts.map(({ alert }) => alert).sort());
    for (const [alert, cases] of Object.entries(situations)) {
      expect(new Set(cases.map(({ fires }) => fires)).size, alert).to.equal(2);
    }
  });

  it('watch backups only where the charts make them, with the interval of their schedule', () => {
    const backupRule = (...sets: string[]) =>
      ruleGroups(valuesOf('eks', ...sets))
        .flatMap(({ rules }) => rules)
        .find((rule) => 'alert' in rule && rule.alert === 'AuthBackupOverdue')?.expr;
    expect(backupRule()).to.equal(undefined);
    const enabled = 'backup.enabled=true,backup.claim=auth-backups,backup.deadlineMinutes=60';
    const hour = 3_600;
    for (const [schedule, hours] of [
      ['41 2 * * *', 2 * 24],
      ['0 */6 * * *', 2 * 6],
      ['0 4 * * 0', 2 * 7 * 24],
    ] as const)
      expect(backupRule(enabled, `backup.schedule=${schedule}`)).to.contain(`> ${(hours + 2) * hour} `);
  });

  it('select the series of the namespace that the service runs in', () => {
    const text = JSON.stringify(ruleGroups(valuesOf('eks', 'namespace.name=elsewhere')));
    expect(text).to.contain('namespace=\\"elsewhere\\"').and.not.to.contain('auth-system');
  });

  it('record and alert under that namespace and name, and read only series recorded under them', () => {
    for (const rule of ruleGroups(valuesOf('eks', 'namespace.name=elsewhere,name=staging')).flatMap(
      ({ rules }) => rules,
    )) {
      expect(rule.labels).to.include({ namespace: 'elsewhere', job: 'staging' });
      // What each installation records so that others know its series.
      const expr = rule.expr.replaceAll(' auth:installation:info', '');
      for (const [, matchers] of expr.matchAll(/auth:\w+:\w+({[^}]*})?/g)) {
        expect(matchers, rule.expr).to.equal('{namespace="elsewhere",job="staging"}');
      }
    }
  });

  it('name the class of requests that fails', () => {
    for (const { alert, expr, annotations } of alerts) {
      if (expr.includes('http_requests_total') || expr.includes('request_error_ratio'))
        expect(annotations.description, alert).to.contain('{{ $labels.class }}');
    }
  });
});
