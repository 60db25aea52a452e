import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { Store } from '../store/store.ts';
import { activeSessionCountInterval, createActiveSessionCount } from './count-active-sessions.ts';
import { createPartitionJob, partitionInterval } from './create-partitions.ts';
import { createSigningKeyRecorder, type RecordedKeys, recordInterval } from './record-signing-keys.ts';

interface JobParts {
  readonly store: Store;
  readonly redis: RedisClient;
  readonly keys: RecordedKeys & { onChange(listener: () => void): void };
  readonly metrics: Metrics;
  readonly log: Logger;
}

function runEvery(interval: number, job: () => Promise<void>): NodeJS.Timeout {
  void job();
  return setInterval(job, interval).unref();
}

/** Starts the jobs of a serving process: each runs at once and then at its interval. @returns a function that stops them */
export function startBackgroundJobs(parts: JobParts): () => void {
  const recordSigningKeys = createSigningKeyRecorder(parts);
  parts.keys.onChange(() => void recordSigningKeys());
  const timers = [
    runEvery(partitionInterval, createPartitionJob(parts)),
    runEvery(activeSessionCountInterval, createActiveSessionCount(parts)),
    runEvery(recordInterval, recordSigningKeys),
  ];
  return () => timers.forEach(clearInterval);
}
