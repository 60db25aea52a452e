import { expect } from 'chai';
import { createReadinessLog } from '../../../app/features/health/readiness-log.ts';
import { recordingLog } from '../../support/keys.ts';
import type { LogLine } from '../../support/log-lines.ts';

const checks = {
  postgres: 'up',
  schema: 'current',
  redis: 'up',
  signing_key: 'usable',
  isolated: false,
  draining: false,
} as const;

describe('The log of the readiness', () => {
  let lines: LogLine[];
  let observe: ReturnType<typeof createReadinessLog>;
  beforeEach(() => {
    const recorded = recordingLog();
    lines = recorded.lines;
    observe = createReadinessLog(recorded.log);
  });

  it('has one line for each change, with the checks', () => {
    const away = { ...checks, postgres: 'down', schema: 'unknown' } as const;
    for (const answer of [
      { status: 'ready', checks },
      { status: 'ready', checks },
      { status: 'degraded', checks: away },
      { status: 'degraded', checks: away },
      { status: 'not_ready', checks: { ...away, isolated: true } },
      { status: 'ready', checks },
    ] as const)
      observe(answer);
    expect(lines.map(({ event, level, readiness }) => [event, level, readiness])).to.deep.equal([
      ['readiness_changed', 'warn', 'degraded'],
      ['readiness_changed', 'warn', 'not_ready'],
      ['readiness_changed', 'info', 'ready'],
    ]);
    expect(lines[1]?.checks).to.include({ postgres: 'down', isolated: true });
  });

  it('has no line for a drain, which has one of its own', () => {
    observe({ status: 'ready', checks });
    observe({ status: 'not_ready', checks: { ...checks, draining: true } });
    expect(lines).to.deep.equal([]);
  });
});
