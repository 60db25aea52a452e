import type { RootHookObject } from 'mocha';

/** Imports the stores late, so that a run without a store opens none. */
export const mochaHooks: RootHookObject = {
  async afterAll(this: Mocha.Context) {
    this.timeout(30_000);
    const { closeStores } = await import('./stores.ts');
    await closeStores();
  },
};
