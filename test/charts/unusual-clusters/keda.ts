import type { UnusualCluster } from './cluster.ts';

const hpa = 'HorizontalPodAutoscaler/auth-service-hpa';
const scaledObject = 'ScaledObject/auth-service';
const cron = `
autoscaling:
  kind: keda
  keda:
    triggers:
      - type: cron
        metadata: { timezone: Europe/Berlin, start: 0 7 * * *, end: 0 19 * * *, desiredReplicas: "6" }
    options: { pollingInterval: 15, fallback: { failureThreshold: 3, replicas: 6 } }
`;

/** Autoscaling by KEDA. */
export const keda: readonly UnusualCluster[] = [
  {
    title: 'KEDA with a trigger of the operator',
    values: cron,
    clouds: ['aks'],
    output: {
      [hpa]: null,
      'Deployment/auth-service': { spec: { replicas: null } },
      [scaledObject]: {
        apiVersion: 'keda.sh/v1alpha1',
        metadata: { annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' } },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'auth-service' },
          minReplicaCount: 3,
          maxReplicaCount: 20,
          pollingInterval: 15,
          fallback: { failureThreshold: 3, replicas: 6 },
          advanced: {
            horizontalPodAutoscalerConfig: {
              name: 'auth-service-hpa',
              behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
            },
          },
          triggers: [
            { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } },
            { type: 'memory', metricType: 'Utilization', metadata: { value: '80' } },
            {
              type: 'cron',
              metadata: {
                timezone: 'Europe/Berlin',
                start: '0 7 * * *',
                end: '0 19 * * *',
                desiredReplicas: '6',
              },
            },
          ],
        },
      },
    },
  },
  {
    title: 'KEDA on the queue time of password hashes, with a sidecar',
    values: `
autoscaling:
  kind: keda
  memoryUtilization: null
  measuredContainers: api
  hashWait: { enabled: true, target: 250m }
  keda: { prometheusAddress: http://prometheus.monitoring.svc:9090 }
`,
    clouds: ['eks'],
    output: {
      'ConfigMap/auth-service-adapter-rule': null,
      [scaledObject]: {
        spec: {
          triggers: [
            {
              type: 'cpu',
              metricType: 'Utilization',
              metadata: { value: '70', containerName: 'auth-service' },
            },
            {
              type: 'prometheus',
              metricType: 'Value',
              metadata: {
                serverAddress: 'http://prometheus.monitoring.svc:9090',
                query:
                  'sum(rate(auth_hash_wait_seconds_sum{namespace="auth-system",job="auth-service"}[2m]))' +
                  ' / clamp_min(sum(rate(auth_hash_wait_seconds_count{namespace="auth-system",job="auth-service"}[2m])), 0.001)',
                threshold: '0.25',
              },
            },
          ],
        },
      },
    },
  },
  {
    title: 'KEDA on the queue time without Prometheus',
    values: 'autoscaling: { kind: keda, hashWait: { enabled: true } }',
    clouds: ['eks'],
    refused: [
      'autoscaling.keda.prometheusAddress: must be the URL of Prometheus, because autoscaling.hashWait.enabled is true',
    ],
  },
  {
    title: 'KEDA with a misspelt field and a number as metadata',
    values: `
autoscaling:
  kind: keda
  keda:
    triggers: [{ type: cron, metadata: { desiredReplicas: 6 } }]
    options: { poolingInterval: 15 }
`,
    clouds: ['eks'],
    refused: [
      '32-autoscaling.yaml ScaledObject/auth-service: spec must NOT have additional properties poolingInterval [schema]',
      '32-autoscaling.yaml ScaledObject/auth-service: spec.triggers[2].metadata.desiredReplicas must be string string [schema]',
    ],
  },
  {
    title: 'KEDA with a misspelt behavior',
    values: 'autoscaling: { kind: keda, behavior: { scaleup: {} } }',
    clouds: ['eks'],
    refused: [
      '32-autoscaling.yaml ScaledObject/auth-service: spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleup is not a known field [schema]',
    ],
  },
  {
    title: 'metrics of one kind of autoscaler for the other one',
    values: 'autoscaling: { kind: keda, extraMetrics: [{ type: Pods }] }',
    clouds: ['eks'],
    refused: [
      'autoscaling.extraMetrics: must be empty, because autoscaling.kind is keda: use autoscaling.keda.triggers',
    ],
  },
  {
    title: 'triggers of KEDA without KEDA',
    values: 'autoscaling: { keda: { triggers: [{ type: cron }] } }',
    clouds: ['eks'],
    refused: [
      'autoscaling.keda.triggers: must be empty, because autoscaling.kind is hpa: use autoscaling.extraMetrics',
    ],
  },
];
