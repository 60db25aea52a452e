import type { RootHookObject } from 'mocha';

/** Imports the stores late, as the tests do: mocha loads this file with another loader, which would make a second map. */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Mocha.Context) {
    // To drop the databases takes long on a busy disk.
    this.timeout(300_000);
    const { closeStores } = await import('./opened-stores.ts');
    await closeStores();
    const { assertLogFollowsSchema, seenEvents } = await import('./log-lines.ts');
    assertLogFollowsSchema();
    const { falseClaims } = await import('./unseen-events.ts');
    const tests: { file: string; hasPassed: boolean }[] = [];
    this.test?.parent?.eachTest(({ file = '', state }) => {
      tests.push({ file, hasPassed: state === 'passed' });
    });
    const refuted = falseClaims(tests, seenEvents());
    if (refuted.length > 0) throw new Error(`test/support/unseen-events.ts is wrong: ${refuted.join('; ')}`);
  },
};
