import { expect } from 'chai';
import { attemptBudgets } from '../../../app/features/throttling/login-throttle.ts';
import { busiestHour, type Guess, simulateGuessing } from '../../support/guessing.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const slot = attemptBudgets.account.slots.interval;

/** The first slot of the virtual clock opens at this time. */
const opening = 200 * second;

/** Addresses of a botnet: each of the first 65,536 is in another /24. */
const address = (n: number): string => `11.${n >> 8}.${n & 255}.7`;

/** Guesses from all addresses in turn. */
const inTurn = (addresses: number, step: number, end: number, start = 0): Guess[] =>
  Array.from({ length: Math.floor((end - start) / step) }, (_, n) => ({
    time: start + n * step,
    network: address(n % addresses),
  }));

/** Milliseconds between two guesses of a hundred addresses when each uses up its ten attempts in 15 minutes. */
const fullRate = 900;

/** Random times, about one in each `step`. */
const times = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) }, (_, n) =>
    Math.floor(from + (n + Math.random()) * step),
  );

const attack = (guesses: Guess[], owners: readonly number[]) =>
  simulateGuessing({ guesses, owners, random: Math.random });

/** How long each owner waits. */
const waitsOf = async (guesses: Guess[], owners: readonly number[], typos = 0): Promise<readonly number[]> =>
  (await simulateGuessing({ guesses, owners, typos, random: Math.random, endsWithOwners: true })).waits;

const most = (waits: readonly number[]): number => Math.max(...waits) / minute;

/**
 * In minutes. A new network has two entries with two draws each, and rests between them for 16 minutes. A client waits up
 * to a quarter longer than necessary.
 */
const longestWait = ((4 * 4 + 16) * 5) / 4;

describe('The owner of an attacked account, on a new device and a network that has not tried', () => {
  const end = 4 * hour;

  it('logs in at once while one address guesses', async () => {
    const { checked, waits } = await attack(inTurn(1, 5 * second, end), times(minute, end, 20 * minute));
    expect(waits.filter((wait) => wait === 0)).to.have.length.at.least(10);
    expect(most(waits)).to.be.at.most(5);
    expect(busiestHour(checked)).to.be.within(11, 30);
  });

  it('logs in within 40 minutes while a hundred addresses guess', async () => {
    const { checked, waits } = await attack(inTurn(100, fullRate, end), times(20 * minute, end, 20 * minute));
    expect(waits).to.have.length(11);
    expect(most(waits)).to.be.at.most(longestWait);
    expect(waits.filter((wait) => wait === 0)).to.have.length.at.least(8);
    expect(busiestHour(checked)).to.be.within(11, 30);
  });

  it('logs in within 40 minutes when a hundred addresses have just begun to guess', async () => {
    for (const start of times(0, 5 * slot, slot)) {
      for (const step of [fullRate, 2_000]) {
        const guesses = inTurn(100, step, start + 45 * minute, start);
        const [owner = 0] = times(start, start + 10 * minute, 10 * minute);
        const waits = await waitsOf(guesses, [owner]);
        expect(most(waits), `from ${owner}, after ${start}`).to.be.at.most(longestWait);
      }
    }
  });

  it('logs in within 40 minutes after one wrong password of their own', async () => {
    const waits = await waitsOf(inTurn(100, fullRate, end), times(hour, end, hour), 1);
    expect(waits).to.have.length(3);
    expect(most(waits)).to.be.at.most(longestWait);
  });

  it('logs in within 40 minutes after ten thousand addresses have used their entries', async () => {
    const owners = times(2 * hour, 3 * hour, 10 * minute);
    // Each address guesses four times in two hours, so that its two entries have begun and ended.
    const guesses = [...inTurn(10_000, 180, 2 * hour), ...inTurn(10_000, second, 3 * hour, 2 * hour)];
    const { checked, waits } = await attack(guesses, owners);
    expect(waits).to.have.length(6);
    expect(most(waits)).to.be.at.most(longestWait);
    expect(busiestHour(checked)).to.be.within(11, 30);
    // Forty thousand attempts take seconds of CPU time.
  }).timeout(60_000);

  /** A hundred addresses spend both entries each, two at once in each slot, and come back as soon as they may. */
  function pairs(phase: number): Guess[] {
    const arrivals = Array.from({ length: 200 }, (_, n) => ({
      time: Math.floor(n / 2) * slot + phase,
      network: address(n % 100),
    }));
    const returns = arrivals.flatMap(({ time, network }) =>
      [1, 2].map((n) => ({ time: Math.floor(time / slot) * slot + opening + n * slot, network })),
    );
    const common = Array.from({ length: 12 }, (_, n) => ({ time: 0, network: `11.255.${n}.1` }));
    return [...common, ...arrivals, ...returns].sort((a, b) => a.time - b.time);
  }

  for (const [title, phase] of [
    ['just before a slot opens', opening - 1],
    ['right after a slot has opened', opening + 1],
    ['in the middle of a slot', opening - slot / 2],
  ] as const) {
    it(`logs in within 40 minutes more often than not while pairs of a hundred addresses come ${title}`, async () => {
      const guesses = pairs(phase);
      let quick = 0;
      for (const owner of times(minute, 80 * slot, 4 * slot)) {
        const { checked, waits } = await attack(guesses, [owner]);
        if (most(waits) <= longestWait) quick += 1;
        expect(busiestHour(checked)).to.be.at.most(30);
      }
      // Of 19. About 15 log in; fewer than five are less likely than one in a hundred million.
      expect(quick).to.be.at.least(5);
    });
  }

  it('logs in from another address of the block of a guesser, but not from the address of the guesser', async () => {
    const time = hour + 5 * minute;
    const guesses = inTurn(1, minute, time);
    const isChecked = async (network: string) =>
      (await attack([...guesses, { time, network }], [])).checked.includes(time);
    expect(await isChecked(address(0).replace(/\d+$/, '8'))).to.equal(true);
    expect(await isChecked(address(0))).to.equal(false);
  });
});
