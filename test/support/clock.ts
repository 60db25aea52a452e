import { setTimeout as sleep } from 'node:timers/promises';

const realNow = performance.now;

/**
 * Puts `performance.now()`, which caches, circuit breakers and rate limits read, under the control of the calling suite.
 * @param isFrozen whether the clock stands still between two calls of `advance`
 */
export function useMonotonicClock({ isFrozen = false } = {}) {
  let offset = 0;
  before(() => {
    // Whole milliseconds: sums of fractions depend on their order, so a limit of 500 ms could be reached after 501 only.
    const start = Math.ceil(realNow.call(performance));
    performance.now = () => (isFrozen ? start : realNow.call(performance)) + offset;
  });
  after(() => {
    performance.now = realNow;
  });
  return {
    /** Moves the clock by some milliseconds. */
    async advance(milliseconds: number): Promise<void> {
      offset += milliseconds;
      // lru-cache remembers the time for a millisecond.
      await sleep(5);
    },
  };
}

/**
 * Runs `work` while both clocks of the process stand still. `work` moves them with the function that it gets, to a time
 * in milliseconds since the start.
 */
export async function withVirtualClock<T>(work: (moveTo: (time: number) => void) => Promise<T>): Promise<T> {
  const real = { date: Date.now, monotonic: performance.now };
  const start = 1_000_000;
  let passed = 0;
  Date.now = () => start + passed;
  performance.now = () => start + passed;
  try {
    return await work((time) => {
      passed = time;
    });
  } finally {
    Date.now = real.date;
    performance.now = real.monotonic;
  }
}
