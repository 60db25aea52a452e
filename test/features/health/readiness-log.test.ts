import { expect } from 'chai';
import { pino } from 'pino';
import { createReadinessLog } from '../../../app/features/health/readiness-log.ts';

const checks = {
  postgres: 'up',
  schema: 'current',
  redis: 'up',
  signing_key: 'usable',
  isolated: false,
  draining: false,
} as const;

describe('The log of the readiness', () => {
  let lines: { level: number; event: string; status: string; checks: object }[];
  let observe: ReturnType<typeof createReadinessLog>;
  beforeEach(() => {
    lines = [];
    observe = createReadinessLog(pino({}, { write: (line) => void lines.push(JSON.parse(line)) }));
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
    expect(lines.map(({ event, level, status }) => [event, level, status])).to.deep.equal([
      ['readiness_changed', 40, 'degraded'],
      ['readiness_changed', 40, 'not_ready'],
      ['readiness_changed', 30, 'ready'],
    ]);
    expect(lines[1]?.checks).to.include({ postgres: 'down', isolated: true });
  });

  it('has no line for a drain, which has one of its own', () => {
    observe({ status: 'ready', checks });
    observe({ status: 'not_ready', checks: { ...checks, draining: true } });
    expect(lines).to.deep.equal([]);
  });
});
