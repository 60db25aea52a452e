import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeFiringAlerts } from '../../tools/observability/firing-alerts.ts';
import type { Prometheus } from '../../tools/observability/prometheus.ts';

const rule = {
  alert: 'AuthSlow',
  expr: 'slow > 1',
  for: '2m',
  labels: { severity: 'critical', job: 'auth-service' },
  annotations: {},
};

describe('the alerts of the past', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The lines that are written for a condition that is true at these times. */
  async function linesFor(times: readonly number[]): Promise<string[]> {
    const path = join(folder, 'alerts.txt');
    const values = times.map((time) => [time, 5] as const);
    const prometheus: Pick<Prometheus, 'range'> = {
      range: async () => [{ metric: { __name__: 'slow', pod: 'one', severity: 'none' }, values }],
    };
    const groups = [{ name: 'latency', rules: [rule] }];
    // reason: only the ranges of Prometheus are asked.
    await writeFiringAlerts(path, prometheus as Prometheus, groups, { start: 0, end: 900, step: 60 });
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  }

  it('fire once their condition has been true for long enough, with the labels of the rule', async () => {
    const labels =
      'pod="one",severity="critical",job="auth-service",alertname="AuthSlow",alertstate="firing"';
    expect(await linesFor([60, 120, 180, 240])).to.deep.equal([
      `ALERTS{${labels}} 1 180`,
      `ALERTS{${labels}} 1 240`,
      '# EOF',
    ]);
  });

  it('do not fire when the condition was interrupted', async () => {
    expect(await linesFor([60, 120, 240, 300])).to.deep.equal(['# EOF']);
  });
});
