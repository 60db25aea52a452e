import type { Logger } from '../observe/log.ts';
import type { SystemStore } from '../store/store.ts';
import { partitionMonths } from './create-partitions.ts';
import { renewSkeletons } from './renew-skeletons.ts';

/** Rows that one statement deletes: few enough to finish well within DB_TIMEOUT. */
const batchSize = 1_000;

/**
 * Days that the login history keeps attempts with an unknown email: long enough to look into an attack. They belong to no
 * user, and anyone can make as many as they like. They are written all the same, because an attempt with a known email
 * must not take longer than one with an unknown email.
 */
export const unknownAttemptDays = 7;

/** @returns the number of deleted rows */
async function deleteInBatches(deleteSome: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const deleted = await deleteSome(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}

/** Whole months to keep before the current one. */
export interface Retention {
  readonly loginHistory: number;
  readonly auditLog: number;
}

/**
 * Deletes expired rows, creates the partitions of the coming months, and records the time. Then it renews the skeletons of
 * usernames, which takes minutes for a million accounts, once. Two runs at once do no harm.
 * @returns what it did
 */
export async function purge(store: SystemStore, log: Logger, keepMonths: Retention) {
  const { loginHistories, auditLog } = store;
  const droppedPartitions = [
    ...(await loginHistories.dropPartitions(keepMonths.loginHistory)),
    ...(await auditLog.dropPartitions(keepMonths.auditLog)),
  ];
  const createdPartitions =
    (await loginHistories.createPartitions(partitionMonths)) +
    (await auditLog.createPartitions(partitionMonths));
  const deletedSessions = await deleteInBatches(store.sessions.deleteExpired);
  const deletedAttempts = await deleteInBatches((limit) =>
    loginHistories.deleteUnknown(unknownAttemptDays, limit),
  );
  const deletedResets = await store.passwordResets.deleteExpired();
  await store.maintenance.record('purge');
  const deleted = { deletedSessions, deletedAttempts, deletedResets };
  const done = { droppedPartitions, createdPartitions, ...deleted };
  log.info({ event: 'purged', ...done }, 'purged');
  const renewedSkeletons = await renewSkeletons(store);
  if (renewedSkeletons > 0)
    log.info({ event: 'skeletons_renewed', renewedSkeletons }, 'skeletons of usernames renewed');
  return { ...done, renewedSkeletons };
}
