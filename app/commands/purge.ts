import type { Config } from '../config/config.ts';
import { purge, type Retention } from '../jobs/purge.ts';
import type { Logger } from '../observe/log.ts';
import { withStore } from '../open-stores.ts';

/** Deletes what is older than `keepMonths` or expired. @returns what it did, as --json shows it */
export const purgeCommand = (
  config: Config,
  log: Logger,
  keepMonths: Retention,
): Promise<Readonly<Record<string, unknown>>> =>
  withStore(config, log, async (store) => {
    const { createdPartitions, deletedAttempts, deletedResets, deletedSessions, ...rest } = await purge(
      store,
      log,
      keepMonths,
    );
    return {
      dropped_partitions: rest.droppedPartitions,
      created_partitions: createdPartitions,
      deleted_sessions: deletedSessions,
      deleted_attempts: deletedAttempts,
      deleted_resets: deletedResets,
      renewed_skeletons: rest.renewedSkeletons,
    };
  });
