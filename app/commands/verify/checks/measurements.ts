import { failed, passed, skipped, warning } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { headerOf } from '../http/client.ts';
import { judgeSkew } from './keys.ts';

const category = 'Measurements';

/** The paths whose latency is sampled: they need no password hash. */
const sampled = new Set(['/api/v1/health', '/api/v1/users/me']);
const sampleSize = 10;
/** Requests that the sample leaves for other checks. */
const reserved = 4;

export const clockCheck: VerifyCheck = {
  id: 'clock-skew',
  category,
  title: 'The Date header agrees with the clock of this machine',
  documentation:
    'Compares the `Date` header of an answer, which the last proxy or the service writes, with the clock of this machine: a warning above 5 seconds, a failure above 60. Find out which of the two clocks is wrong, and start its time synchronization (chrony, systemd-timesyncd).',
  needs: ['health'],
  async run(context) {
    const reply = await context.health();
    const date = Date.parse(headerOf(reply, 'date') ?? '');
    if (Number.isNaN(date)) return failed('The answer has no Date header', 'Let the proxy pass Date on');
    return judgeSkew(date - reply.receivedAt.getTime(), 'The Date header');
  },
};

export const latencyCheck: VerifyCheck = {
  id: 'latency',
  category,
  title: 'Health and users/me answer fast',
  documentation:
    'The median and the slowest of at least ten requests of this run to `/api/v1/health` and `/api/v1/users/me`, from where the command runs. It is a sample and no load test, and never a failure: a warning above `--max-median` and `--max-slowest`. Compare with a run on the host itself before you look at the database.',
  needs: ['health'],
  async run({ http, options }) {
    const sample = () =>
      http.replies
        .filter(({ sent, status }) => sampled.has(sent.path) && status < 500)
        .map(({ time }) => time)
        .sort((one, other) => one - other);
    while (sample().length < sampleSize && http.left() > reserved)
      await http.send({ path: '/api/v1/health' });
    const times = sample();
    if (times.length < sampleSize) return skipped('There are too few requests left for a sample');
    const median = Math.round(times[Math.floor(times.length / 2)] ?? 0);
    const slowest = Math.round(times.at(-1) ?? 0);
    const message = `Median ${median} ms, slowest ${slowest} ms of ${times.length} requests`;
    if (median <= options.maxMedian && slowest <= options.maxSlowest) return passed(message);
    return warning(
      message,
      'Run the command on the host itself to see whether the network or the service is slow',
    );
  },
};
