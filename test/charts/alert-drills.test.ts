import { expect } from 'chai';
import { ruleGroups } from '../../charts-ts/monitoring/prometheus-rule.ts';
import { courses } from '../deployments/support/drills/courses.ts';
import { alertsOf, allAlerts } from '../deployments/support/drills/installation.ts';
import { clusterMetrics } from '../deployments/support/drills/kubernetes-metrics.ts';
import { scaleExpression, scaleRules, secondsOf } from '../deployments/support/drills/scaled-rules.ts';
import { valuesOf } from './support/synthesized.ts';

const groups = ruleGroups(valuesOf('eks', allAlerts));

describe('charts: the drills of the alerts (test/deployments/alert-drills.deploy.ts)', () => {
  it('contain every alert', () => {
    const drilled = courses.flatMap(({ drills }) => drills.flatMap(({ alerts }) => alerts));
    expect([...new Set(drilled)].sort()).to.deep.equal(
      alertsOf(groups)
        .map(({ alert }) => alert)
        .sort(),
    );
  });

  it('have every metric of the cluster that a rule reads', () => {
    const rules = groups.flatMap((group) => group.rules);
    const read = rules.flatMap(({ expr }) => expr.match(/\b(?:kube|container)_\w+/g) ?? []);
    expect(read.length).to.be.greaterThan(5);
    for (const name of read) expect(clusterMetrics.has(name), name).to.equal(true);
  });

  it('divide the windows, steps and offsets of an expression, and nothing else', () => {
    for (const [expr, scaled] of [
      ['sum(rate(a_total[10m])) > 5', 'sum(rate(a_total[10000ms])) > 5'],
      ['rate(a[1h30m])', 'rate(a[90000ms])'],
      ['max_over_time(b[6h:5m] offset 1d)', 'max_over_time(b[360000ms:5000ms] offset 1440000ms)'],
      ['b offset -2h', 'b offset -120000ms'],
      ['auth:error_ratio:rate5m{job="a"} > 0.01', 'auth:error_ratio:rate5m{job="a"} > 0.01'],
      ['c{pod=~"a-[^-]+-[5m]",d="\\"[1h]"}', 'c{pod=~"a-[^-]+-[5m]",d="\\"[1h]"}'],
      ['time() - d > 3600', 'time() - d > 3600'],
    ] as const)
      expect(scaleExpression(expr, 60), expr).to.equal(scaled);
  });

  it('leave a window of at least five scrapes', () => {
    expect(scaleExpression('rate(a[2m])', 60)).to.equal('rate(a[10000ms])');
  });

  it('refuse what is no duration', () => {
    for (const text of ['', '5', '5x', 'm', '1.5h']) expect(() => secondsOf(text), text).to.throw(text);
  });

  it('divide how long a condition must be true, and keep names, labels and annotations', () => {
    const scaled = alertsOf(scaleRules(groups, 60));
    expect(scaled).to.have.length(alertsOf(groups).length);
    for (const [n, rule] of alertsOf(groups).entries()) {
      const { expr, for: duration, ...rest } = rule;
      expect(scaled[n]).to.deep.include({
        alert: rest.alert,
        labels: rest.labels,
        annotations: rest.annotations,
      });
      expect(scaled[n]?.for, rest.alert).to.equal(`${Math.round((secondsOf(duration) / 60) * 1_000)}ms`);
      if (/\[\d/.test(expr)) expect(scaled[n]?.expr, rest.alert).to.not.equal(expr);
    }
  });
});
