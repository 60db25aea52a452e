import { setTimeout as sleep } from 'node:timers/promises';

const realNow = performance.now;

/**
 * Puts `performance.now()`, which caches, circuit breakers and rate limits read, under the control of the calling suite.
 * @param isFrozen whether the clock stands still between two calls of `advance`
 */
export function useMonotonicClock({ isFrozen = false } = {}) {
  let offset = 0;
  before(() => {
    const start = realNow.call(performance);
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
