import { createHash } from 'node:crypto';
import type { Suite } from 'mocha';

/** A shuffled copy. The same seed and purpose give the same order of the same items. */
export function shuffled<T>(items: readonly T[], seed: string, purpose: string): T[] {
  const rank = (index: number): string =>
    createHash('sha256').update(`${seed} ${purpose} ${index}`).digest('hex');
  return items
    .map((item, index) => ({ item, rank: rank(index) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ item }) => item);
}

/**
 * Shuffles the tests and the suites of a suite, at every depth. The order within a suite depends on the seed and its
 * title only, so a single file runs in the same order as in the whole run.
 */
export function shuffleSuite(suite: Suite, seed: string): void {
  const purpose = suite.fullTitle();
  suite.tests = shuffled(suite.tests, seed, `tests ${purpose}`);
  suite.suites = shuffled(suite.suites, seed, `suites ${purpose}`);
  for (const inner of suite.suites) shuffleSuite(inner, seed);
}
