import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { attemptBudgets, jitter } from '../../../app/features/throttling/login-throttle.ts';
import { busiestHour, type Guess, simulateGuessing } from '../../support/guessing.ts';

const minute = 60_000;
const hour = 60 * minute;
const slot = attemptBudgets.account.slots.interval;
const mostInAnHour = 30;

/** From one time to before another, every `step` milliseconds, `count` at once. */
const polls = (from: number, to: number, step: number, count = 1): number[] =>
  Array.from(
    { length: Math.ceil((to - from) / step) * count },
    (_, n) => from + Math.floor(n / count) * step,
  );

/** Guesses at these times, each from a network that never tried before. */
const fromNewNetworks = (times: readonly number[]): Guess[] =>
  times.map((time) => ({ time, network: randomUUID() }));

/** Guesses at these times, from each of `count` networks. */
const fromNetworks = (count: number, times: readonly number[]): Guess[] =>
  times.flatMap((time) => Array.from({ length: count }, (_, n) => ({ time, network: `guesser ${n}` })));

const checkedIn = async (guesses: Guess[]): Promise<readonly number[]> =>
  (await simulateGuessing({ guesses: guesses.sort((a, b) => a.time - b.time) })).checked;

describe('Guesses at one account', () => {
  it('are checked ten times, and then once in 20 minutes, from a block that has used its entries', async () => {
    const address = (n: number): string => `198.51.100.${n % 200}`;
    const entries = Array.from({ length: 8 }, (_, n) => ({ time: 1, network: address(n) }));
    const later = polls(hour, 4 * hour, minute).map((time, n) => ({ time, network: address(n) }));
    const checked = await checkedIn([...fromNewNetworks(Array(10).fill(0)), ...entries, ...later]);
    expect(checked.filter((time) => time < hour)).to.deep.equal([...Array(10).fill(0), 1, 1]);
    const expected = [60, 61, 62, 80, 100, 120, 140, 160, 180, 200, 220].map((minutes) => minutes * minute);
    expect(checked.filter((time) => time >= hour)).to.deep.equal(expected);
  });

  const end = 4 * hour;
  const guessers: [title: string, guesses: Guess[]][] = [
    ['tries every ten seconds', fromNewNetworks(polls(0, end, 10_000))],
    ['tries twelve times at once every minute', fromNewNetworks(polls(0, end, minute, 12))],
    ['tries when a slot opens', fromNewNetworks([...Array(12).fill(0), ...polls(0, end, slot)])],
    ['tries just before a slot ends', fromNewNetworks([...Array(12).fill(0), ...polls(slot - 1, end, slot)])],
    ['comes back from the same networks', fromNetworks(20, polls(0, end, 2 * minute))],
    ['comes back when a slot opens', fromNetworks(60, polls(0, end, slot))],
  ];
  for (const [title, guesses] of guessers) {
    it(`are at most 30 in any hour: a guesser who ${title}`, async () => {
      expect(busiestHour(await checkedIn(guesses))).to.be.within(11, mostInAnHour);
    });
  }

  it('are at most 30 in any hour, which the worst of many schedules reaches', async () => {
    const found: number[] = [];
    for (const rest of polls(0, 4 * hour, 31 * minute)) {
      for (const phase of polls(0, slot, 20_000)) {
        // All attempts for everybody and two open slots at once, and then each further one at its first millisecond.
        const start = 2 * hour + rest + phase;
        const end = start + hour + 1;
        const times = [...polls(start, end, slot), ...polls(start + 20 * minute, end, 20 * minute)];
        const opening = polls(start - rest, start, 7 * minute);
        const guesses = fromNewNetworks([...opening, ...Array(11).fill(start), ...times]);
        found.push(busiestHour(await checkedIn(guesses)));
      }
    }
    expect(Math.max(...found)).to.equal(mostInAnHour);
  });

  it('are at most 30 in any hour when networks and times are random', async () => {
    for (let n = 0; n < 30; n += 1) {
      const times = Array.from({ length: 400 }, () => Math.floor(Math.random() * 3 * hour));
      const guesses = times.map((time) => ({ time, network: String(Math.floor(Math.random() * 80)) }));
      expect(busiestHour(await checkedIn(guesses)), JSON.stringify(guesses)).to.be.within(11, mostInAnHour);
    }
  });
});

describe('The budgets of attempts', () => {
  it('are those of docs/limits.md', () => {
    const tenAnHour = { points: 10, window: hour };
    expect(attemptBudgets).to.deep.equal({
      account: {
        burst: 10,
        interval: 20 * minute,
        slots: {
          interval: 4 * minute,
          draws: 2,
          rest: 16 * minute,
          waiting: 8,
          period: 24 * hour,
          perNetwork: 2,
          perBlock: 8,
        },
      },
      network_account: { points: 10, window: 15 * minute },
      device: tenAnHour,
      password_confirmation: tenAnHour,
      step_up: { points: 1_000, window: hour },
    });
    expect(jitter).to.equal(0.25);
    const document = readFileSync('docs/limits.md', 'utf8');
    for (const row of [
      'login attempts, per address and account | 10 in a quarter of an hour |',
      'login attempts, per account | 10 at once; each comes back after 20 minutes |',
      'attempt slots, per account | one each 4 minutes, open for 8 minutes |',
      'entries for attempt slots, per address and account | 2 a day, each for the next 2 slots; 16 minutes of rest between them |',
      'entries for attempt slots, per address block and account | 8 a day |',
      'login attempts, per known device | 10 an hour |',
      'password confirmations, per session | 10 an hour, right or wrong |',
    ]) {
      expect(document).to.contain(`\n| ${row}\n`);
    }
    expect(document).to.contain('up to 25 % more than necessary');
    expect(document).to.contain('8 networks wait, the newest ones');
  });
});
