import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

const hashBuckets = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** All series of one app in a registry of its own, so that tests and several apps in a process do not collide. */
export function createMetrics(version: string) {
  // OpenMetrics from the first scrape: prom-client drops `_total` from its older text format after one.
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  new Gauge({
    name: 'auth_build_info',
    help: 'Always 1; the labels say what is running',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1);

  return {
    registry,
    requestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its response',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    logins: new Counter({
      name: 'auth_logins_total',
      help: 'Login attempts by outcome and reason',
      labelNames: ['outcome', 'reason'],
      registers,
    }),
    registrations: new Counter({
      name: 'auth_registrations_total',
      help: 'Registrations by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    refreshes: new Counter({
      name: 'auth_refreshes_total',
      help: 'Token refreshes by outcome and cause',
      labelNames: ['outcome', 'cause'],
      registers,
    }),
    rateLimited: new Counter({
      name: 'auth_rate_limited_total',
      help: 'Requests refused by a rate limit',
      labelNames: ['limit'],
      registers,
    }),
    lockouts: new Counter({
      name: 'auth_lockouts_total',
      help: 'Accounts whose free login attempts were used up, so that further ones have to wait',
      registers,
    }),
    degraded: new Gauge({
      name: 'auth_degraded',
      help: '1 while a dependency cannot be reached and its fallback serves',
      labelNames: ['dependency'],
      registers,
    }),
    hashQueueDepth: new Gauge({
      name: 'auth_hash_queue_depth',
      help: 'Password hashes waiting for a free slot',
      registers,
    }),
    hashWait: new Histogram({
      name: 'auth_hash_wait_seconds',
      help: 'Time a password hash waited for a free slot',
      buckets: hashBuckets,
      registers,
    }),
    hashDuration: new Histogram({
      name: 'auth_hash_duration_seconds',
      help: 'Time argon2 took for one password',
      buckets: hashBuckets,
      registers,
    }),
    hashRejected: new Counter({
      name: 'auth_hash_rejected_total',
      help: 'Password hashes refused because the queue was full or the wait too long',
      registers,
    }),
  };
}
