import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';

/** Milliseconds between two runs: a day. */
export const partitionInterval = 86_400_000;
/** How far ahead login history has partitions: a purge job that is broken for months loses nothing. */
const monthsAhead = 12;

/** Creates the monthly partitions of login history that are missing. The returned function never rejects. */
export function createPartitionCreator({ store, log }: { store: Store; log: Logger }) {
  return async function createPartitions(): Promise<void> {
    try {
      await store.loginHistories.createPartitions(monthsAhead);
    } catch (error) {
      log.error({ err: error, event: 'partitions_failed' }, 'login history partitions were not created');
    }
  };
}
