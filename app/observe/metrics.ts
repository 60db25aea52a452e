import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAuthMetrics } from './auth-metrics.ts';
import { createDependencyMetrics } from './dependency-metrics.ts';
import { createHashMetrics } from './hash-metrics.ts';
import { createMetricFactory } from './metric-factory.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** From 1 ms to 10 s; 0.25 is the latency objective, which the alerts read off its bucket. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const classes = ['authentication', 'check', 'other'];
const results = ['ok', 'error', 'aborted'];
const allRequests = classes.flatMap((of) => results.map((result) => ({ class: of, result })));
/** What is refused before it is read: it cannot be parsed, is a CONNECT, came too slowly, or its head is too large. */
const unread = ['400', '405', '408', '431'].map((status) => ({ status }));

/**
 * All series of one app in a registry of its own, so that tests and several apps in a process do not collide.
 * The README lists them. No label may take a value that a caller chooses.
 * @param traceId the trace of the request under way, for exemplars; absent while tracing is off
 */
export function createMetrics(version: string, traceId?: () => string | undefined) {
  // OpenMetrics from the first scrape: prom-client drops `_total` from its older text format after one.
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const factory = createMetricFactory(registry, traceId);

  factory
    .gauge('auth_build_info', 'Always 1; the labels say what is running', ['version'])
    .set({ version }, 1);

  return {
    registry,
    requestDuration: factory.histogram(
      'http_request_duration_seconds',
      'Time from the head of a request to the end of its response',
      requestBuckets,
      ['method', 'route', 'status'],
    ),
    requests: factory.counter(
      'http_requests_total',
      'Requests but for probes, by what they were for and how they ended: answered, failed, or left by the client',
      ['class', 'result'],
      allRequests,
    ),
    unreadRequests: factory.counter(
      'http_unread_requests_total',
      'Requests refused before they could be read; in no other series',
      ['status'],
      unread,
    ),
    requestsInFlight: factory.gauge('http_requests_in_flight', 'Requests that have not been answered yet'),
    ...createAuthMetrics(factory),
    ...createHashMetrics(factory),
    ...createDependencyMetrics(factory),
  };
}
