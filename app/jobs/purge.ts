import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';
import { partitionMonths } from './create-partitions.ts';

/** Sessions that one statement deletes: few enough to finish well within DB_TIMEOUT. */
const batchSize = 1_000;

async function deleteExpiredSessions(store: Store): Promise<number> {
  for (let total = 0; ; ) {
    const deleted = await store.sessions.deleteExpired(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}

/** Whole months to keep before the current one. */
export interface Retention {
  readonly loginHistory: number;
  readonly auditLog: number;
}

/** Deletes expired rows, creates the partitions of the coming months, and records the time. Two runs at once do no harm. */
export async function purge(store: Store, log: Logger, keepMonths: Retention): Promise<void> {
  const { loginHistories, auditLog } = store;
  const droppedPartitions = [
    ...(await loginHistories.dropPartitions(keepMonths.loginHistory)),
    ...(await auditLog.dropPartitions(keepMonths.auditLog)),
  ];
  const createdPartitions =
    (await loginHistories.createPartitions(partitionMonths)) +
    (await auditLog.createPartitions(partitionMonths));
  const deletedSessions = await deleteExpiredSessions(store);
  const deletedResets = await store.passwordResets.deleteExpired();
  await store.maintenance.record('purge');
  log.info({ droppedPartitions, createdPartitions, deletedSessions, deletedResets }, 'purged');
}
