import type { MetricFactory } from './metric-factory.ts';

/** Seconds; beyond the last the hasher has given up. */
const buckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** Password hashing, the one thing here that costs CPU by design, and so the first to saturate. */
export function createHashMetrics(factory: MetricFactory) {
  return {
    hashQueueDepth: factory.gauge('auth_hash_queue_depth', 'Password hashes waiting for a free slot'),
    hashWait: factory.histogram(
      'auth_hash_wait_seconds',
      'Time a password hash waited for a free slot',
      buckets,
    ),
    hashDuration: factory.histogram(
      'auth_hash_duration_seconds',
      'Time argon2 took for one password',
      buckets,
    ),
    hashRejected: factory.counter(
      'auth_hash_rejected_total',
      'Requests refused for want of room for their hash, before it or after too long a wait',
    ),
  };
}
