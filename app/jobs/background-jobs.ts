import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { SystemStore } from '../store/store.ts';
import { activeSessionCountInterval, createActiveSessionCount } from './count-active-sessions.ts';
import { createPartitionJob, partitionInterval } from './create-partitions.ts';
import { startPeriodicJob } from './periodic-job.ts';
import { createRevokedKeyReader, type RevocableKeys, revokedKeysInterval } from './read-revoked-keys.ts';
import { createStateSecretReader, stateSecretInterval } from './read-state-secret.ts';
import { createSigningKeyRecorder, type RecordedKeys, recordInterval } from './record-signing-keys.ts';

/** Milliseconds between two counts of the accounts that logins named. An alert may be this much later. */
const loginAccountsInterval = 10_000;

interface JobParts {
  readonly store: SystemStore;
  readonly redis: RedisClient;
  readonly keys: RecordedKeys & RevocableKeys & { onChange(listener: () => void): void };
  readonly metrics: Metrics;
  /** Its `refresh` never rejects. */
  readonly loginAccounts: { refresh(): Promise<void> };
  /** Called with the secret that signs session states in Redis. */
  readonly onStateSecret: (secret: Buffer) => void;
  readonly log: Logger;
}

/**
 * Starts the jobs of a serving process. Each runs at once and then at its interval.
 * @returns a function that stops them and resolves when none is running
 */
export function startBackgroundJobs(parts: JobParts): () => Promise<void> {
  const recorder = startPeriodicJob(createSigningKeyRecorder(parts), recordInterval);
  parts.keys.onChange(recorder.runNow);
  const jobs = [
    recorder,
    startPeriodicJob(createRevokedKeyReader(parts), revokedKeysInterval),
    startPeriodicJob(createStateSecretReader({ ...parts, onRead: parts.onStateSecret }), stateSecretInterval),
    startPeriodicJob(createPartitionJob(parts), partitionInterval),
    startPeriodicJob(createActiveSessionCount(parts), activeSessionCountInterval),
    startPeriodicJob(parts.loginAccounts.refresh, loginAccountsInterval),
  ];
  return async () => void (await Promise.all(jobs.map((job) => job.stop())));
}
