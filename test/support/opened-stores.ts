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

export async function closeStores(): Promise<void> {
  await Promise.all([...openedStores.values()].map(async ({ opening }) => (await opening).close()));
}
