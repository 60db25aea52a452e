import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { AppError } from '../../../app/errors.ts';
import { pauses } from '../../../app/features/throttling/internal/account-budget.ts';
import { attemptBudgets, createLoginThrottle } from '../../../app/features/throttling/login-throttle.ts';
import { createInMemoryRedis } from '../../../app/store/embedded/in-memory-redis.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The two clocks of the process, which stand still until they are moved. The throttle in memory reads no others. */
function createVirtualClock() {
  const real = { date: Date.now, monotonic: performance.now };
  const start = 1_000_000;
  const clock = { passed: 0 };
  Date.now = () => start + clock.passed;
  performance.now = () => start + clock.passed;
  const restore = () => {
    Date.now = real.date;
    performance.now = real.monotonic;
  };
  return { clock, restore };
}

/** Attempts on one account at these milliseconds, each from a network of its own. @returns when one was let through */
async function admissions(times: readonly number[]): Promise<number[]> {
  const throttle = createLoginThrottle({
    redis: createInMemoryRedis(),
    secret: randomBytes(32),
    enabled: true,
    scale: 1,
    onRefuse: () => undefined,
    onLockout: () => undefined,
  });
  const { clock, restore } = createVirtualClock();
  const admitted: number[] = [];
  try {
    for (const time of times) {
      clock.passed = time;
      const attempt = { email: 'owner@example.com', network: randomUUID(), device: null };
      await throttle.countLogin(attempt).then(
        () => admitted.push(time),
        (error: unknown) => expect(error).to.be.instanceOf(AppError).and.include({ code: 'rate_limited' }),
      );
    }
    return admitted;
  } finally {
    restore();
  }
}

/** From one time to before another, every `step` milliseconds, `count` at once. */
const polls = (from: number, to: number, step = 10 * second, count = 1): number[] =>
  Array.from(
    { length: Math.ceil((to - from) / step) * count },
    (_, n) => from + Math.floor(n / count) * step,
  );

/** The most that lie in one hour, its first and last millisecond included. */
const busiestHour = (times: readonly number[]): number =>
  Math.max(...times.map((end) => times.filter((time) => time >= end - hour && time <= end).length));

describe('Guesses at one account', () => {
  it('are free ten times, and then have a turn after 1, 2, 4, 8, 15 and 15 minutes', async () => {
    const admitted = await admissions([...Array(10).fill(0), ...polls(0, hour)]);
    expect(admitted.slice(0, 10)).to.deep.equal(Array(10).fill(0));
    const turns = admitted.slice(10);
    expect(turns[0]).to.equal(0);
    const gaps = turns.slice(1).map((time, n) => (time - (turns[n] ?? 0)) / minute);
    expect(gaps).to.deep.equal([1, 2, 4, 8, 15, 15]);
    expect(pauses).to.deep.equal([60_000, 120_000, 240_000, 480_000, 900_000]);
  });

  const end = 8 * hour;
  /**
   * The most there is to get: a budget opened early and spent late, just before the next, and turns that are forgotten
   * in the middle of the hour because the first of them was taken right before that budget was opened.
   */
  const cunning = [
    ...Array(10).fill(0),
    hour - 10 * second,
    hour,
    ...polls(91 * minute, end),
    ...[91, 120].flatMap((at) => Array(10).fill(at * minute)),
  ].sort((a, b) => a - b);
  const guessers: [title: string, times: readonly number[]][] = [
    ['tries every ten seconds', polls(0, end)],
    ['tries twelve times at once every minute', polls(0, end, minute, 12)],
    ['rests every other hour', polls(0, end).filter((time) => Math.floor(time / hour) % 2 === 0)],
    [
      'begins with nine guesses in an hour',
      [...polls(0, 54 * minute, 6 * minute), ...polls(59 * minute, end)],
    ],
    ['opens the budget and spends it at the end of its hour', [0, ...polls(59 * minute, end)]],
    ['knows when which window ends', cunning],
  ];
  for (const [title, times] of guessers) {
    it(`are at most 30 in any hour: a guesser who ${title}`, async () => {
      expect(busiestHour(await admissions(times))).to.be.within(11, 30);
    });
  }
});

describe('The budgets of attempts', () => {
  it('are those of docs/limits.md', () => {
    const tenAnHour = { points: 10, window: 3_600_000 };
    expect(attemptBudgets).to.deep.equal({
      account: tenAnHour,
      network_account: { points: 10, window: 900_000 },
      device: tenAnHour,
      password_confirmation: tenAnHour,
    });
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const row of [
      'login attempts, per address and account | 10 in a quarter of an hour |',
      'login attempts, per account | 10 an hour; then one attempt per pause of 1, 2, 4, 8, 15, 15 … minutes |',
      'login attempts, per known device | 10 an hour |',
      'password confirmations, per session | 10 an hour, right or wrong |',
    ]) {
      expect(document).to.contain(`\n| ${row}\n`);
    }
  });
});
