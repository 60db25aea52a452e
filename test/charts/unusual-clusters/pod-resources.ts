import type { UnusualCluster } from './cluster.ts';

const podOf = (spec: object) => ({ 'Deployment/auth-service': { spec: { template: { spec } } } });
const purgeOf = (spec: object) => ({
  'CronJob/auth-service-purge': { spec: { jobTemplate: { spec: { template: { spec } } } } },
});
const noLimits = '{ limits: { cpu: null, ephemeralStorage: null } }';

/** Resources other than those of the guide. */
export const podResources: readonly UnusualCluster[] = [
  {
    title: 'no CPU limit for the API: it hashes as many passwords at once as the request has CPUs',
    values: 'resources: { requests: { cpu: 1500m }, limits: { cpu: null } }',
    output: {
      ...podOf({
        containers: [
          {
            resources: { requests: { cpu: '1500m' }, limits: { cpu: null, memory: '512Mi' } },
            env: { '-1': { name: 'HASH_CONCURRENCY', value: '2' } },
          },
        ],
        initContainers: [{ resources: { limits: { cpu: '500m' } } }],
      }),
    },
  },
  {
    title: 'no CPU limit and no limit of storage for any container',
    values: `resources: ${noLimits}
migrations: { mode: job, resources: ${noLimits} }
purge: { resources: ${noLimits} }
administrator: { email: jane@example.com, username: jane.doe, resources: ${noLimits} }
backup: { enabled: true, claim: auth-backups, resources: ${noLimits}, drill: { enabled: true } }`,
    output: {
      ...podOf({
        containers: [
          {
            resources: { limits: { cpu: null, 'ephemeral-storage': null, memory: '512Mi' } },
            env: { '-1': { name: 'HASH_CONCURRENCY', value: '1' } },
          },
        ],
      }),
      ...purgeOf({
        containers: [
          {
            resources: { limits: { cpu: null, 'ephemeral-storage': null, memory: '256Mi' } },
            env: { '-1': { name: 'HASH_CONCURRENCY', value: '1' } },
          },
        ],
      }),
    },
    clouds: ['aks'],
  },
  {
    title: 'no CPU limit and a number of hashes of its own',
    values: 'resources: { limits: { cpu: null } }\nextraConfig: { HASH_CONCURRENCY: 4 }',
    // The list is sorted by name, and what the charts compute is behind it.
    output: podOf({ containers: [{ env: { '-1': { name: 'TRUSTED_PROXIES' } } }] }),
    clouds: ['gke'],
  },
  {
    title: 'no CPU limit and more hashes than fit into the memory',
    values: 'resources: { requests: { cpu: 14 }, limits: { cpu: null } }',
    refused: [
      'eks: container auth-service: HASH_CONCURRENCY times ARGON2_MEMORY_KIB must fit into half of the memory limit',
    ],
    clouds: ['eks'],
  },
  {
    title: 'whole CPUs as numbers, huge pages and devices',
    values: `resources:
  requests: { cpu: 1, hugepages-2Mi: 4Mi, example.com/device: 1 }
  limits: { cpu: 2, hugepages-2Mi: 4Mi, example.com/device: 1 }`,
    output: podOf({
      containers: [
        {
          resources: {
            requests: { cpu: '1', 'hugepages-2Mi': '4Mi', 'example.com/device': '1' },
            limits: { cpu: '2', 'hugepages-2Mi': '4Mi', 'example.com/device': '1' },
          },
        },
      ],
    }),
    clouds: ['eks'],
  },
  {
    title: 'misspelt resources, and a limit below the request',
    values: `resources:
  requests: { memorry: 512Mi, ephemeral-storage: 64Mi }
  limits: { hugepages: 4Mi }`,
    refused: [
      'resources.requests.memorry: is not a known key',
      'resources.requests.ephemeral-storage: is not a known key',
      'resources.limits.hugepages: is not a known key',
    ],
    clouds: ['eks'],
  },
];
