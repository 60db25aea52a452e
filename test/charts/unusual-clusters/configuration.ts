import type { UnusualCluster } from './cluster.ts';

const config = (data: object) => ({ 'ConfigMap/auth-service-config': { data } });
const durations = 'must be a duration such as 500ms, 3s, 15m, 12h or 30d, from';

/** A value of `extraConfig` that is refused, on one cloud. */
const refused = (title: string, yaml: string, ...lines: string[]): UnusualCluster => ({
  title,
  values: `extraConfig: ${yaml}`,
  clouds: ['eks'],
  refused: lines.map((line) => `extraConfig.${line}`),
});

/** Any variable of the service, in the forms that YAML gives it. */
export const configuration: readonly UnusualCluster[] = [
  {
    title: 'the sampler of traces that docs/observability.md recommends',
    values: `
extraConfig:
  OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.telemetry:4318
  OTEL_TRACES_SAMPLER: parentbased_traceidratio
  OTEL_TRACES_SAMPLER_ARG: 0.05
  OTEL_EXPORTER_OTLP_COMPRESSION: gzip
  OTEL_BSP_MAX_QUEUE_SIZE: 4096`,
    clouds: ['aks'],
    output: config({
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_BSP_MAX_QUEUE_SIZE: '4096',
    }),
  },
  {
    title: 'numbers, booleans, empty texts and line breaks as YAML gives them',
    values: `
extraConfig:
  HASH_QUEUE_MAX: 1e2
  ARGON2_MEMORY_KIB: 0x4c00
  RATE_LIMIT: true
  JWT_ALLOW_WEAK_SECRET: false
  REDIS_KEY_PREFIX: "auth-staging:"
  REFRESH_GRACE: ""
  STEP_UP_MAX_AGE: null
  ACCESS_TOKEN_TTL: |
    10m`,
    clouds: ['gke'],
    output: config({
      HASH_QUEUE_MAX: '100',
      ARGON2_MEMORY_KIB: '19456',
      RATE_LIMIT: 'on',
      ALLOW_WEAK: 'off',
      REDIS_KEY_PREFIX: 'auth-staging:',
      REFRESH_GRACE: null,
      STEP_UP_MAX_AGE: null,
      ACCESS_TTL: '10m',
    }),
  },
  {
    title: 'a variable that the migration alone reads',
    values: 'extraConfig: { DB_SERVICE_ROLE: auth_service }',
    clouds: ['aks'],
    output: config({ DB_SERVICE_ROLE: 'auth_service' }),
  },
  refused(
    'a duration in words',
    '{ ACCESS_TOKEN_TTL: 10 minutes }',
    `ACCESS_TOKEN_TTL: ${durations} 1s to 30d`,
  ),
  refused(
    'a duration without a unit',
    '{ ACCESS_TOKEN_TTL: 600 }',
    `ACCESS_TOKEN_TTL: ${durations} 1s to 30d`,
  ),
  refused('a duration of ISO 8601', '{ SESSION_MAX_AGE: P30D }', `SESSION_MAX_AGE: ${durations} 1s to 3650d`),
  refused(
    'a fraction for a whole number',
    '{ HASH_CONCURRENCY: 1.5 }',
    'HASH_CONCURRENCY: must be a whole number from 1 to 512',
  ),
  refused(
    'a number out of bounds',
    '{ ARGON2_TIME: 101 }',
    'ARGON2_TIME: must be a whole number from 1 to 100',
  ),
  refused('a word for on', '{ RATE_LIMIT: enabled }', 'RATE_LIMIT: must be on or off'),
  refused('a boolean for a duration', '{ REFRESH_GRACE: true }', `REFRESH_GRACE: ${durations} 0s to 60s`),
  refused('a list', '{ REFRESH_ANOMALY: [end] }', 'REFRESH_ANOMALY: must be one of end, report'),
  refused('a map', '{ DB_TIMEOUT: { seconds: 3 } }', `DB_TIMEOUT: ${durations} 10ms to 1h`),
  refused(
    'several lines for one duration',
    '{ ACCESS_TOKEN_TTL: "10m\\n15m" }',
    `ACCESS_TOKEN_TTL: ${durations} 1s to 30d`,
  ),
  refused(
    'a sampler that does not exist',
    '{ OTEL_TRACES_SAMPLER: ratio }',
    'OTEL_TRACES_SAMPLER: must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
  ),
  refused(
    'a percentage for a ratio',
    '{ OTEL_TRACES_SAMPLER_ARG: 5 }',
    'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, such as 0.05',
  ),
  refused(
    'attributes of traces without a value',
    '{ OTEL_RESOURCE_ATTRIBUTES: staging }',
    'OTEL_RESOURCE_ATTRIBUTES: must be a comma list of key=value, with other commas, equals signs and percent signs percent-encoded',
  ),
  refused(
    'a collector without a scheme',
    '{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }',
    'OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL that begins with http:// or https://',
  ),
  refused(
    'two variables that contradict each other',
    '{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 200, OTEL_BSP_MAX_QUEUE_SIZE: 100 }',
    'OTEL_BSP_MAX_EXPORT_BATCH_SIZE: must not be above OTEL_BSP_MAX_QUEUE_SIZE',
  ),
  refused(
    'a reference to another variable, which Kubernetes expands only in a list of variables',
    '{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://$(NODE_IP):4318" }',
    'OTEL_EXPORTER_OTLP_ENDPOINT: must not refer to $(NODE_IP): Kubernetes expands a reference only in the variables of extraEnv and jobs.extraEnv',
  ),
  {
    title: 'an agent on the node, whose address Kubernetes gives the pod',
    values: `
extraEnv:
  - { name: NODE_IP, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }
  - { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: "http://$(NODE_IP):4318" }`,
    clouds: ['eks'],
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  env: { [-1]: { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://$(NODE_IP):4318' } },
                },
              ],
            },
          },
        },
      },
    },
  },
  refused('a secret', '{ METRICS_TOKEN: abc }', 'METRICS_TOKEN: is not a known key'),
  refused(
    'two mistakes at once',
    '{ ACCESS_TOKEN_TTL: soon, HASH_QUEUE_MAX: -1 }',
    `ACCESS_TOKEN_TTL: ${durations} 1s to 30d`,
    'HASH_QUEUE_MAX: must be a whole number from 0 to 100000',
  ),
];
