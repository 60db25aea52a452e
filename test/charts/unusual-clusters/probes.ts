import type { UnusualCluster } from './cluster.ts';

const api = (probes: object) => ({
  'Deployment/auth-service': { spec: { template: { spec: { containers: [probes] } } } },
});

/** Probes of slow nodes and patient operators. */
export const probes: readonly UnusualCluster[] = [
  {
    title: 'slow nodes',
    values: `
probes:
  startup: { initialDelaySeconds: 20, failureThreshold: 90 }
  liveness: { initialDelaySeconds: 30, periodSeconds: 20, terminationGracePeriodSeconds: 15 }
  readiness: { periodSeconds: 10, failureThreshold: 3, successThreshold: 2 }
`,
    clouds: ['eks'],
    output: api({
      startupProbe: {
        httpGet: { path: '/livez', port: 'metrics' },
        initialDelaySeconds: 20,
        periodSeconds: 2,
        timeoutSeconds: 2,
        failureThreshold: 90,
      },
      livenessProbe: {
        httpGet: { path: '/livez', port: 'metrics' },
        initialDelaySeconds: 30,
        periodSeconds: 20,
        timeoutSeconds: 3,
        failureThreshold: 3,
        terminationGracePeriodSeconds: 15,
      },
      readinessProbe: {
        httpGet: { path: '/readyz', port: 'metrics' },
        initialDelaySeconds: null,
        periodSeconds: 10,
        timeoutSeconds: 3,
        failureThreshold: 3,
        successThreshold: 2,
      },
    }),
  },
  {
    title: 'readiness that notices a stop later than the drain ends',
    values: 'probes: { readiness: { periodSeconds: 20, failureThreshold: 2 } }',
    clouds: ['eks'],
    refused: [
      'probes.readiness: periodSeconds × failureThreshold must not be above 35, the seconds of rollout.drainDelay: otherwise a proxy that waits for the probe still sends requests to a pod that has stopped',
      'probes.liveness: periodSeconds × failureThreshold must be at least 40, as in probes.readiness: otherwise a pod is restarted before it gets no more requests',
    ],
  },
  {
    title: 'a timeout longer than the period',
    values: 'probes: { startup: { timeoutSeconds: 5 } }',
    clouds: ['eks'],
    refused: ['probes.startup.timeoutSeconds: must not be above probes.startup.periodSeconds, which is 2'],
  },
  {
    title: 'a misspelt probe',
    values: 'probes: { startup: { failureTreshold: 90 } }',
    clouds: ['eks'],
    refused: ['probes.startup.failureTreshold: is not a known key'],
  },
];
