import type { Line } from '../../app/observe/events/events.ts';
import { createLog, type LogOf, withoutRedaction } from '../../app/observe/log.ts';

// npx tsx tools/bench/log-formats.ts
//
// The CPU time of one request line in each format of the log, and its length. Formats alternate, so that other work on the
// machine affects all of them.

const rounds = 15;
const linesOfRound = 20_000;

const request: Line<'request'> = {
  ...{ event: 'request', requestId: '2f1c9a54-9d0e-4a3e-8d55-0f6c1b6a7c11', method: 'POST' },
  ...{ route: '/api/v1/auth/login', status: 401, durationMs: 12.34, ip: '192.0.2.1', network: '192.0.2.1' },
  ...{
    accountRef: 'fJ3kq0zX2pWm8sLrT5vYbA',
    code: 'invalid_credentials',
    security: 'login',
    outcome: 'failure',
  },
};

function open(logFormat: 'json' | 'gcp' | 'ecs') {
  let bytes = 0;
  const destination = {
    write(line: string): void {
      bytes += line.length;
    },
  };
  const config = { logLevel: 'info', environment: 'production', logFormat } as const;
  const log: LogOf<'request', 'info'> = withoutRedaction(createLog(config, destination, '1.0.0'));
  const run = (): number => {
    const before = process.cpuUsage();
    for (let n = 0; n < linesOfRound; n += 1) log.info({ ...request }, 'request');
    const { system, user } = process.cpuUsage(before);
    return ((system + user) * 1000) / linesOfRound;
  };
  return { logFormat, run, times: [] as number[], length: () => bytes };
}

const formats = [open('json'), open('gcp'), open('ecs')];
for (const { run } of formats) run();
for (let round = 0; round < rounds; round += 1) for (const { run, times } of formats) times.push(run());
for (const { length, logFormat, times } of formats) {
  const median = times.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0;
  const bytes = Math.round(length() / (linesOfRound * (rounds + 1)));
  process.stdout.write(`${logFormat}: ${Math.round(median)} ns, ${bytes} bytes\n`);
}
