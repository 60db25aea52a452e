import type { ExampleBlock } from './example.ts';

const fixed = { autoscaling: { enabled: false } };

export const scaling: ExampleBlock = {
  plain: {
    'gate.allow': [['volumes'], ['unknown-kind', 'labels']],
    'autoscaling.minReplicas': [1, 2, 5],
    'autoscaling.maxReplicas': [3, 24],
    'autoscaling.cpuUtilization': [1, 50, 250],
    'autoscaling.memoryUtilization': [60, 120],
    'autoscaling.hashWait.target': ['1', '250m'],
    'autoscaling.extraMetrics': [
      [
        {
          type: 'Pods',
          pods: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '5' } },
        },
      ],
    ],
    'autoscaling.behavior': [{ scaleDown: { selectPolicy: 'Disabled' } }],
    'rollout.maxSurge': [1, '10%', '100%'],
    'rollout.maxUnavailable': [1, '25%'],
    'rollout.gracePeriodSeconds': [120],
    'rollout.minReadySeconds': [0, 60],
    'rollout.progressDeadlineSeconds': [3_600],
    'rollout.revisionHistoryLimit': [1, 20],
    'rollout.drainDelay': ['40s'],
    'rollout.shutdownTimeout': ['10s'],
    'rollout.keepAliveTimeout': ['100m'],
    'probes.startup.initialDelaySeconds': [0, 20],
    'probes.startup.periodSeconds': [5],
    'probes.startup.timeoutSeconds': [1],
    'probes.startup.failureThreshold': [120],
    'probes.liveness.initialDelaySeconds': [30],
    'probes.liveness.periodSeconds': [20],
    'probes.liveness.timeoutSeconds': [1],
    'probes.liveness.failureThreshold': [6],
    'probes.liveness.terminationGracePeriodSeconds': [30],
    'probes.readiness.initialDelaySeconds': [3],
    'probes.readiness.periodSeconds': [3],
    'probes.readiness.timeoutSeconds': [1],
    'probes.readiness.failureThreshold': [1],
    'probes.readiness.successThreshold': [2],
    'disruptionBudget.maxUnavailable': ['34%', 2],
    'scheduling.priorityClass.name': ['auth-critical'],
    'scheduling.priorityClass.value': [-5, 1_000_000_000],
    'scheduling.nodeSelector': [{ 'kubernetes.io/arch': 'arm64' }],
    'scheduling.tolerations': [
      [{ key: 'dedicated', operator: 'Equal', value: 'auth', effect: 'NoSchedule' }],
    ],
    'scheduling.topologySpread': [
      [],
      [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
    ],
  },
  special: {
    replicas: [
      { value: 1, with: fixed },
      { value: 7, with: fixed },
      { value: null, with: fixed },
    ],
    'autoscaling.keda.triggers': [
      {
        value: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 7 * * *', end: '0 19 * * *' } }],
        with: { autoscaling: { kind: 'keda' } },
      },
    ],
    'autoscaling.keda.options': [
      {
        value: { cooldownPeriod: 60, advanced: { restoreToOriginalReplicaCount: true } },
        with: { autoscaling: { kind: 'keda' } },
      },
    ],
    'autoscaling.keda.prometheusAddress': [
      {
        value: 'http://prometheus.monitoring.svc:9090',
        with: { autoscaling: { kind: 'keda', hashWait: { enabled: true } } },
      },
    ],
    'disruptionBudget.minAvailable': [
      { value: 2, with: { disruptionBudget: { maxUnavailable: null } } },
      { value: '50%', with: { disruptionBudget: { maxUnavailable: null } } },
    ],
    'disruptionBudget.maxUnavailable': [{ value: null, with: { disruptionBudget: { minAvailable: 1 } } }],
  },
};
