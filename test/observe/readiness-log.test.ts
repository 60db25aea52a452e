import { expect } from 'chai';
import { createReadinessLog } from '../../app/observe/readiness-log.ts';
import { recordingLog } from '../support/keys.ts';

const checks = {
  postgres: 'up',
  schema: 'current',
  redis: 'up',
  signing_key: 'usable',
  isolated: false,
  draining: false,
};

describe('The log of readiness', () => {
  it('has one line for each change, however often the check runs', () => {
    const { log, lines } = recordingLog();
    const logReadiness = createReadinessLog(log);
    const ready = { status: 'ready', checks };
    const degraded = { status: 'ready', checks: { ...checks, redis: 'degraded' } };
    const down = { status: 'not_ready', checks: { ...checks, postgres: 'down', schema: 'unknown' } };
    const isolated = { status: 'not_ready', checks: { ...checks, isolated: true } };
    const draining = { status: 'not_ready', checks: { ...checks, draining: true } };
    for (const each of [ready, ready, degraded, degraded, down, down, down, ready, isolated, ready, draining])
      logReadiness(each);
    expect(lines.map(({ level, readiness }) => [level, readiness])).to.deep.equal([
      ['info', 'ready'],
      ['warn', 'ready'],
      ['warn', 'not_ready'],
      ['info', 'ready'],
      ['warn', 'not_ready'],
      ['info', 'ready'],
      ['info', 'not_ready'],
    ]);
    expect(lines[2]).to.deep.include({ event: 'readiness_changed', checks: down.checks });
  });
});
