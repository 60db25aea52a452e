import { variable } from './entry.ts';
import { attributes, file, integer, oneOf, onOff, ratio, text, url } from './format.ts';

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * The entries of tracing. The names and the defaults are those of the OpenTelemetry specification ("Environment Variable
 * Specification" and "OTLP Exporter Configuration"), whose SDK reads all of them but the endpoint itself. It replaces a wrong
 * value by the default without an error, so that they are checked here.
 */
export const tracingVariables = {
  endpoint: variable('OTEL_EXPORTER_OTLP_ENDPOINT', url).help(
    'Base URL of an OpenTelemetry collector (OTLP over HTTP). Without it tracing is off.',
    { example: 'http://localhost:4318' },
  ),
  serviceName: variable('OTEL_SERVICE_NAME', text, 'auth-service').help(
    'Name of the service in traces. Give each installation that sends to one collector another one.',
  ),
  resourceAttributes: variable('OTEL_RESOURCE_ATTRIBUTES', attributes, '').help(
    'Further attributes of all spans, such as deployment.environment.name=staging.',
  ),
  sampler: variable('OTEL_TRACES_SAMPLER', oneOf(samplers), 'parentbased_always_on').help(
    'Which requests are traced. With parentbased_… a caller that TRUST_TRACEPARENT trusts decides about the traces that it has begun.',
  ),
  samplerRatio: variable('OTEL_TRACES_SAMPLER_ARG', ratio, '1').help(
    'Share of the traces that traceidratio and parentbased_traceidratio record.',
  ),
  trustCaller: variable('TRUST_TRACEPARENT', onOff, 'off').help(
    'Set it to on if every proxy in TRUSTED_PROXIES replaces the header traceparent of its clients. Then the sampled flag of the header decides as OTEL_TRACES_SAMPLER says. Otherwise the service alone decides, and only continues the trace.',
  ),
  timeout: variable('OTEL_EXPORTER_OTLP_TIMEOUT', integer(1, 600_000), '10000').help(
    'Milliseconds that the collector has to accept spans.',
  ),
  compression: variable('OTEL_EXPORTER_OTLP_COMPRESSION', oneOf(['none', 'gzip']), 'none').help(
    'Compression of what is sent to the collector.',
  ),
  caFile: variable('OTEL_EXPORTER_OTLP_CERTIFICATE', file).help(
    'File of CA certificates for a collector with https://. Without it the CAs of Node.js are used.',
    { example: '/run/secrets/collector-ca.pem' },
  ),
  certFile: variable('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', file).help(
    'File of the client certificate for a collector that demands one.',
    { example: '/run/secrets/collector-client.pem' },
  ),
  keyFile: variable('OTEL_EXPORTER_OTLP_CLIENT_KEY', file).help(
    'File of the private key of OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE.',
    { example: '/run/secrets/collector-client-key.pem' },
  ),
  delay: variable('OTEL_BSP_SCHEDULE_DELAY', integer(0, 600_000), '5000').help(
    'Milliseconds between two batches of spans.',
  ),
  exportTimeout: variable('OTEL_BSP_EXPORT_TIMEOUT', integer(1, 600_000), '30000').help(
    'Milliseconds after which the export of a batch is aborted.',
  ),
  queueSize: variable('OTEL_BSP_MAX_QUEUE_SIZE', integer(1, 1_000_000), '2048').help(
    'Number of spans that wait. Further ones are dropped.',
  ),
  batchSize: variable('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', integer(1, 1_000_000), '512').help(
    'Number of spans in a batch, at most OTEL_BSP_MAX_QUEUE_SIZE.',
  ),
};
