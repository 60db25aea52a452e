import { expect } from 'chai';
import { createLog, withoutRedaction } from '../../app/observe/log.ts';

function collect() {
  const lines: string[] = [];
  const log = createLog(
    { logLevel: 'debug', environment: 'test' },
    { write: (line) => void lines.push(line) },
  );
  return { log, lines: () => lines.splice(0).map((line) => JSON.parse(line)) };
}

describe('the log', () => {
  it('shows the time of each line in UTC with milliseconds', () => {
    const { log, lines } = collect();
    const now = Date.now;
    const times = [
      0, 1, 999, 1_000, 59_999, 60_000, 1_790_000_000_007, 1_790_000_000_999, 1_790_000_001_000, 5,
    ];
    try {
      for (const time of times) {
        Date.now = () => time;
        log.debug({}, 'line');
      }
    } finally {
      Date.now = now;
    }
    expect(lines().map(({ time }) => time)).to.deep.equal(times.map((time) => new Date(time).toISOString()));
  });

  it('redacts secrets in a line, except in lines whose fields are chosen explicitly', () => {
    const { log, lines } = collect();
    const secret = { password: 'p', user: { refresh_token: 't' } };
    log.debug(secret, 'line');
    withoutRedaction(log).debug({ status: 200 }, 'line');
    log.debug(secret, 'line');
    const [first, plain, last] = lines();
    for (const line of [first, last]) {
      expect(line).to.deep.include({ password: '[redacted]', user: { refresh_token: '[redacted]' } });
    }
    expect(plain).to.include({ status: 200, service: 'auth-service', level: 'debug' });
  });
});
