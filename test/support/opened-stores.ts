export type StoreKind = 'embedded' | 'real';

interface OpenedStores {
  /** For the last lines of a run. */
  readonly description: string;
  readonly opening: Promise<{ close(): Promise<void> }>;
}

/**
 * The stores that the run has opened. This file has no imports: every run reads it at its end, and stores.ts loads the
 * whole service, which takes a second of CPU time.
 */
export const openedStores = new Map<StoreKind, OpenedStores>();

/** The stores that the run used, for its last lines. */
export const storesUsed = (): readonly string[] =>
  [...openedStores.values()].map(({ description }) => description);

/** Drops the databases of the tests, when they have ended. */
const drops: (() => Promise<void>)[] = [];

/**
 * Leaves a database to the end of the run. Postgres writes all changes of all databases to the disk before it drops one,
 * which takes half a minute on a busy disk: a hook would exceed its timeout, and the statements of other tests would wait.
 */
export function dropAtEnd(drop: () => Promise<void>): void {
  drops.push(drop);
}

export async function closeStores(): Promise<void> {
  await Promise.all([...openedStores.values()].map(async ({ opening }) => (await opening).close()));
  await Promise.all(drops.splice(0).map((drop) => drop()));
}
