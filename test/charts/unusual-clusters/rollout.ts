import type { UnusualCluster } from './cluster.ts';

const deployment = 'Deployment/auth-service';
const budget = 'PodDisruptionBudget/auth-service';
const rollingUpdate = (maxSurge: number | string, maxUnavailable: number | string) => ({
  spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
});

/** Disruption budgets and rollouts. */
export const rollout: readonly UnusualCluster[] = [
  {
    title: 'a rollout as it is by default',
    values: 'logLevel: info',
    clouds: ['gke'],
    output: { [deployment]: rollingUpdate('25%', 0) },
  },
  {
    title: 'a rollout of one pod after the other',
    values: 'rollout: { maxSurge: 1 }',
    clouds: ['eks'],
    output: { [deployment]: rollingUpdate(1, 0) },
  },
  {
    title: 'nodes without room for one more pod',
    values: 'rollout: { maxSurge: 0, maxUnavailable: 1 }',
    clouds: ['aks'],
    output: { [deployment]: rollingUpdate(0, 1) },
  },
  {
    title: 'a rollout that could never begin',
    values: 'rollout: { maxSurge: 0% }',
    clouds: ['eks'],
    refused: [
      'rollout.maxSurge: must be above 0, because rollout.maxUnavailable is 0: a rollout never removes a pod before its replacement is ready',
    ],
  },
  {
    title: 'more pods in a rollout than Postgres accepts',
    values: 'database: { maxConnections: 249 }',
    clouds: ['eks'],
    refused: [
      'database.maxConnections: must be at least 250: 25 pods during a rollout × database.poolMax 10',
    ],
  },
  {
    title: 'a longer migration',
    values: 'rollout: { progressDeadlineSeconds: 3600, minReadySeconds: 30, revisionHistoryLimit: 10 }',
    clouds: ['eks'],
    output: {
      [deployment]: {
        spec: { progressDeadlineSeconds: 3600, minReadySeconds: 30, revisionHistoryLimit: 10 },
      },
    },
  },
  {
    title: 'a deadline that one slow start exceeds',
    values: 'rollout: { progressDeadlineSeconds: 60 }',
    clouds: ['eks'],
    refused: [
      'rollout.progressDeadlineSeconds: must be above 75, the seconds that probes.startup and rollout.minReadySeconds allow for one pod',
    ],
  },
  {
    title: 'one pod, whose node may still be drained',
    values: 'autoscaling: { enabled: false }\nreplicas: 1',
    clouds: ['eks'],
    output: { [budget]: { spec: { maxUnavailable: 1, minAvailable: null } } },
  },
  {
    title: 'one pod that no drain may evict',
    values:
      'autoscaling: { enabled: false }\nreplicas: 1\ndisruptionBudget: { minAvailable: 1, maxUnavailable: null }',
    clouds: ['eks'],
    refused: [
      'disruptionBudget.minAvailable: must be below 1, the smallest number of pods; otherwise no node can be drained',
    ],
  },
  {
    title: 'a budget as large as the smallest number of pods',
    values: 'disruptionBudget: { minAvailable: 3, maxUnavailable: null }',
    clouds: ['eks'],
    refused: [
      'disruptionBudget.minAvailable: must be below 3, the smallest number of pods; otherwise no node can be drained',
    ],
  },
  {
    title: 'a share that rounds up to the smallest number of pods',
    values: 'disruptionBudget: { minAvailable: 67%, maxUnavailable: null }',
    clouds: ['eks'],
    refused: [
      'disruptionBudget.minAvailable: must be below 3, the smallest number of pods; otherwise no node can be drained',
    ],
  },
  {
    title: 'a budget that allows no eviction, with an autoscaler of the operator',
    values:
      'autoscaling: { enabled: false }\nreplicas: null\ndisruptionBudget: { minAvailable: 100%, maxUnavailable: null }',
    clouds: ['eks'],
    refused: ['disruptionBudget.minAvailable: must be below 100%; otherwise no node can be drained'],
  },
  {
    title: 'a budget in per cent',
    values: 'disruptionBudget: { minAvailable: 50%, maxUnavailable: null }',
    clouds: ['eks'],
    output: { [budget]: { spec: { minAvailable: '50%', maxUnavailable: null } } },
  },
  {
    title: 'a cluster whose operator manages the budgets',
    values: 'disruptionBudget: { enabled: false }',
    clouds: ['aks'],
    output: { [budget]: null },
  },
];
