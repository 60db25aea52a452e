import type { Logger } from '../observe/log.ts';
import type { SystemStore } from '../store/store.ts';

/** Months for which login history and audit log have partitions in advance. If the job fails for months, no row is lost. */
export const partitionMonths = 12;

/** Milliseconds between two runs. */
export const partitionInterval = 86_400_000;

export function createPartitionJob({ store, log }: { store: SystemStore; log: Logger }) {
  /** Never throws: the next run creates what this one could not. */
  return async function createPartitions(): Promise<void> {
    try {
      await store.loginHistories.createPartitions(partitionMonths);
      await store.auditLog.createPartitions(partitionMonths);
    } catch (error) {
      const message = 'the partitions of the login history or of the audit log were not created';
      log.error({ err: error, event: 'partitions_failed' }, message);
    }
  };
}
