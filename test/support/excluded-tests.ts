import type { Suite } from 'mocha';

/** The starts of full titles in TEST_EXCLUDED, a JSON array. Another part of the run explains why they are excluded. */
export const excludedTitles: readonly string[] = JSON.parse(process.env.TEST_EXCLUDED ?? '[]');

/** Marks tests as pending whose full titles begin with one of these. Mocha reports pending tests as skipped. */
export function excludeTests(suite: Suite, titles: readonly string[]): void {
  suite.eachTest((test) => {
    if (titles.some((title) => test.fullTitle().startsWith(title))) test.pending = true;
  });
}
