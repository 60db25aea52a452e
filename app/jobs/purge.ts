import type { Logger } from '../observe/log.ts';
import type { SystemStore } from '../store/store.ts';
import { partitionMonths } from './create-partitions.ts';

/** Sessions that one statement deletes: few enough to finish well within DB_TIMEOUT. */
const batchSize = 1_000;

async function deleteExpiredSessions(store: SystemStore): Promise<number> {
  for (let total = 0; ; ) {
    const deleted = await store.sessions.deleteExpired(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}

/**
 * Deletes expired rows, creates the partitions of the coming months, and records the time. Two runs at once do no harm.
 * @param keepMonths months of login history to keep before the current one
 */
export async function purge(store: SystemStore, log: Logger, keepMonths: number): Promise<void> {
  const droppedPartitions = await store.loginHistories.dropPartitions(keepMonths);
  const createdPartitions = await store.loginHistories.createPartitions(partitionMonths);
  const deletedSessions = await deleteExpiredSessions(store);
  const deletedResets = await store.passwordResets.deleteExpired();
  await store.maintenance.record('purge');
  log.info({ droppedPartitions, createdPartitions, deletedSessions, deletedResets }, 'purged');
}
