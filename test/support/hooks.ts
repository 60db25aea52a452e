import type { RootHookObject } from 'mocha';

/** Imports the stores late, as the tests do: mocha loads this file with another loader, which would make a second map. */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Mocha.Context) {
    this.timeout(30_000);
    const { closeStores } = await import('./opened-stores.ts');
    await closeStores();
    const { assertLogFollowsSchema } = await import('./log-lines.ts');
    assertLogFollowsSchema();
  },
};
