import type { UnusualCluster } from './cluster.ts';

const hpa = 'HorizontalPodAutoscaler/auth-service-hpa';
const resource = (name: string, averageUtilization: number) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});
const ofContainer = (name: string, averageUtilization: number) => ({
  type: 'ContainerResource',
  containerResource: {
    name,
    container: 'auth-service',
    target: { type: 'Utilization', averageUtilization },
  },
});

/** HorizontalPodAutoscalers that differ from the default. */
export const autoscaling: readonly UnusualCluster[] = [
  {
    title: 'an autoscaler without a CPU metric',
    values: 'autoscaling: { cpuUtilization: null }',
    clouds: ['eks'],
    output: { [hpa]: { spec: { metrics: [ofContainer('memory', 80)] } } },
  },
  {
    title: 'targets above the request',
    values: 'autoscaling: { cpuUtilization: 250, memoryUtilization: 120 }',
    clouds: ['gke'],
    output: { [hpa]: { spec: { metrics: [ofContainer('cpu', 250), ofContainer('memory', 120)] } } },
  },
  {
    title: 'sidecars that count',
    values: 'autoscaling: { measuredContainers: all }',
    clouds: ['aks'],
    output: { [hpa]: { spec: { metrics: [resource('cpu', 70), resource('memory', 80)] } } },
  },
  {
    title: 'an autoscaler on a metric of the operator alone',
    values: `
autoscaling:
  cpuUtilization: null
  memoryUtilization: null
  extraMetrics:
    - type: External
      external:
        metric: { name: sqs-depth, selector: { matchLabels: { queue: logins } } }
        target: { type: AverageValue, averageValue: "30" }
`,
    clouds: ['eks'],
    output: {
      [hpa]: {
        spec: {
          metrics: [
            {
              type: 'External',
              external: {
                metric: { name: 'sqs-depth', selector: { matchLabels: { queue: 'logins' } } },
                target: { type: 'AverageValue', averageValue: '30' },
              },
            },
          ],
        },
      },
    },
  },
  {
    title: 'an autoscaler without any metric',
    values: 'autoscaling: { cpuUtilization: null, memoryUtilization: null }',
    clouds: ['eks'],
    refused: [
      'autoscaling: must have a metric: cpuUtilization, memoryUtilization, hashWait or extraMetrics; without one Kubernetes would scale on CPU at 80 %',
    ],
  },
  {
    title: 'a misspelt metric',
    values: 'autoscaling: { extraMetrics: [{ type: Pods, pod: { metric: { name: queue } } }] }',
    clouds: ['eks'],
    refused: [
      '32-autoscaling.yaml HorizontalPodAutoscaler/auth-service-hpa: spec.metrics[2].pod is not a known field [schema]',
    ],
  },
  {
    title: 'a behavior of which one part differs',
    values: 'autoscaling: { behavior: { scaleDown: { stabilizationWindowSeconds: 900 } } }',
    clouds: ['eks'],
    output: {
      [hpa]: {
        spec: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              selectPolicy: 'Max',
              policies: [
                { type: 'Percent', value: 100, periodSeconds: 30 },
                { type: 'Pods', value: 4, periodSeconds: 30 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: 900,
              policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
            },
          },
        },
      },
    },
  },
  {
    title: 'a behavior of which a list differs',
    values:
      'autoscaling: { behavior: { scaleUp: { policies: [{ type: Pods, value: 1, periodSeconds: 120 }] } } }',
    clouds: ['eks'],
    output: {
      [hpa]: {
        spec: { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] } } },
      },
    },
  },
  {
    title: 'the behavior of Kubernetes',
    values: 'autoscaling: { behavior: null }',
    clouds: ['eks'],
    output: { [hpa]: { spec: { behavior: null } } },
  },
  {
    title: 'a misspelt behavior',
    values: 'autoscaling: { behavior: { scaleup: {} } }',
    clouds: ['eks'],
    refused: [
      '32-autoscaling.yaml HorizontalPodAutoscaler/auth-service-hpa: spec.behavior.scaleup is not a known field [schema]',
    ],
  },
  {
    title: 'one pod at night',
    values: 'autoscaling: { minReplicas: 1 }',
    output: { [hpa]: { spec: { minReplicas: 1, maxReplicas: 20 } } },
  },
  {
    title: 'an autoscaler that keeps one number',
    values: 'autoscaling: { minReplicas: 4, maxReplicas: 4 }',
    clouds: ['gke'],
    output: { [hpa]: { spec: { minReplicas: 4, maxReplicas: 4 } } },
  },
  {
    title: 'no pod at night',
    values: 'autoscaling: { minReplicas: 0 }',
    clouds: ['eks'],
    refused: ['autoscaling.minReplicas: must be at least 1'],
  },
  {
    title: 'an autoscaler that another tool manages',
    values: 'autoscaling: { enabled: false }\nreplicas: null',
    clouds: ['gke'],
    output: { [hpa]: null, 'Deployment/auth-service': { spec: { replicas: null } } },
  },
  {
    title: 'a fixed number of pods',
    values: 'autoscaling: { enabled: false }\nreplicas: 5',
    clouds: ['aks'],
    output: { [hpa]: null, 'Deployment/auth-service': { spec: { replicas: 5 } } },
  },
];
