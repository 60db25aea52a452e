import { collectDefaultMetrics, Registry } from 'prom-client';
import { createAuthMetrics } from './auth-metrics.ts';
import { createDependencyMetrics } from './dependency-metrics.ts';
import { createHashMetrics } from './hash-metrics.ts';
import { createMetricFactory, type MetricFactory } from './metric-factory.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Seconds. The alerts on the latency objective read the bucket of 0.25. */
const requestBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 1, 2.5, 5, 10,
];

const classes = ['authentication', 'token_check', 'other'];
const results = ['ok', 'error', 'aborted'];

function createHttpMetrics(factory: MetricFactory) {
  return {
    requestDuration: factory.histogram(
      'http_request_duration_seconds',
      'Duration of HTTP requests, from the request headers to the end of the response.',
      requestBuckets,
      ['method', 'route', 'status'],
    ),
    requests: factory.counter(
      'http_requests_total',
      'Requests by objective class and result, health probes excluded. Result is ok, error (5xx) or aborted (the client disconnected).',
      classes.flatMap((name) => results.map((result) => ({ class: name, result }))),
    ),
    protocolErrors: factory.counter(
      'http_protocol_errors_total',
      'Requests that violate HTTP or arrive too slowly, by the status of the refusal. No other metric counts them.',
      ['400', '405', '408', '431'].map((status) => ({ status })),
    ),
    connections: factory.collectedGauge('http_connections', 'Open connections of the API listener.', []),
    closedConnections: factory.counter(
      'http_connections_closed_total',
      'Connections that the service closed because a client occupied too much, by the limit that was exceeded.',
      ['address', 'total', 'bodies', 'unsent', 'unsent_connection'].map((reason) => ({ reason })),
    ),
    responsesAborted: factory.counter(
      'http_responses_aborted_total',
      'Responses that the service could not complete: a streamed body failed or reached its deadline, or the process stopped.',
    ),
    unsentBytes: factory.collectedGauge(
      'http_unsent_response_bytes',
      'Bytes of responses that clients have not taken yet, by the latest count of each connection.',
      [],
    ),
    requestsInFlight: factory.gauge(
      'http_requests_in_flight',
      'Requests that are being handled. Delayed refusals, and requests that wait for their handling, are not counted.',
    ),
  };
}

/**
 * Creates all metrics of one app in a registry of its own, so that several apps can run in one process.
 * docs/metrics.md lists them. A caller must not be able to choose a label value, because each new value adds a series.
 * @param traceId the trace of the current request, for exemplars; absent while tracing is off
 */
export function createMetrics(version: string, traceId?: () => string | undefined) {
  // The registry uses OpenMetrics from the first scrape on: afterwards prom-client's older format omits `_total`.
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  collectDefaultMetrics({ register: registry });
  const factory = createMetricFactory(registry, traceId);
  factory
    .gauge('auth_build_info', 'Always 1. The labels describe the running build.', ['version'])
    .set({ version }, 1);
  return {
    registry,
    spansLost: factory.counter(
      'auth_trace_spans_lost_total',
      'Spans that the collector did not accept in time. Spans that a full queue dropped are not counted.',
    ),
    ...createHttpMetrics(factory),
    ...createAuthMetrics(factory),
    ...createHashMetrics(factory),
    ...createDependencyMetrics(factory),
  };
}
