import type { UnusualCluster } from './cluster.ts';

/** How the process of the service is started. */
export const supervisor: readonly UnusualCluster[] = [
  {
    title: 'a kubelet that notices the end of a process after a second',
    values: '{}',
    clouds: ['eks'],
    output: {
      'Deployment/auth-service': {
        spec: {
          template: { spec: { containers: [{ name: 'auth-service', args: ['serve', '--supervise'] }] } },
        },
      },
    },
  },
];
