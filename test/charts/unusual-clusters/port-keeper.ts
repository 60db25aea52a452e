import type { UnusualCluster } from './cluster.ts';

/** What serves while the container of the API is away. */
export const portKeeper: readonly UnusualCluster[] = [
  {
    title: 'a kubelet that notices the end of a process after a second',
    values: '{}',
    clouds: ['eks'],
    output: {
      'ConfigMap/auth-service-config': { data: { KEEPER_PORT: '9465' } },
      'Deployment/auth-service': {
        spec: {
          template: {
            metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'auth-service' } },
            spec: {
              containers: [
                { name: 'auth-service', args: ['serve'] },
                {
                  name: 'port-keeper',
                  args: ['keep-port'],
                  volumeMounts: null,
                  envFrom: null,
                  ports: null,
                  resources: { requests: { cpu: '10m' } },
                  securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true },
                },
              ],
            },
          },
        },
      },
    },
  },
  {
    title: 'a quota with space for a larger port keeper only',
    values: 'portKeeper: { resources: { requests: { cpu: 50m }, limits: { memory: 128Mi } } }',
    clouds: ['gke'],
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: {
                1: { resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '128Mi' } } },
              },
            },
          },
        },
      },
    },
  },
  {
    title: 'a policy against CPU limits, and nodes without accounting of their disks',
    values:
      'portKeeper: { resources: { requests: { ephemeralStorage: null }, limits: { cpu: null, ephemeralStorage: null } } }',
    clouds: ['eks'],
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: {
                1: {
                  resources: {
                    requests: { 'ephemeral-storage': null },
                    limits: { cpu: null, 'ephemeral-storage': null },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  {
    title: 'a cluster that has no space for a second container',
    values: 'portKeeper: { enabled: false }',
    clouds: ['aks'],
    output: {
      'ConfigMap/auth-service-config': { data: { KEEPER_PORT: null } },
      'Deployment/auth-service': {
        spec: { template: { metadata: { annotations: null }, spec: { containers: [{ args: ['serve'] }] } } },
      },
    },
  },
  {
    title: 'a sidecar on the port of the port keeper',
    values:
      'sidecars: [{ name: proxy, image: "registry.example.com/proxy:1", ports: [{ containerPort: 9465 }] }]',
    clouds: ['eks'],
    refused: [
      'sidecars[0].ports[0].containerPort: must not be 9465, the port keeper of the API: all containers of a pod share one address',
    ],
  },
];
