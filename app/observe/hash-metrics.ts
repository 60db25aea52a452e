import type { MetricFactory } from './metric-factory.ts';

/** Seconds. A hash that has waited longer than the last bucket is rejected. */
const buckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** The priorities of clients in the queue. */
const priorities = ['known', 'clean', 'suspect'].map((priority) => ({ priority }));

/** Password hashing is the most expensive operation by design, so it saturates first. */
export function createHashMetrics(factory: MetricFactory) {
  return {
    hashQueueDepth: factory.gauge(
      'auth_hash_queue_depth',
      'Password hashes that wait in the queue for a free slot.',
    ),
    hashWait: factory.histogram(
      'auth_hash_wait_seconds',
      'Queue time of a password hash, until its computation starts.',
      buckets,
      ['priority'],
      priorities,
    ),
    hashDuration: factory.histogram(
      'auth_hash_duration_seconds',
      'Duration of one argon2 computation, queue time excluded.',
      buckets,
    ),
    hashRejected: factory.counter(
      'auth_hash_rejected_total',
      'Requests refused with status 503 because the hash queue was full or the queue time was too long.',
      priorities,
    ),
  };
}
