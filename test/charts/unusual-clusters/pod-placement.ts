import type { UnusualCluster } from './cluster.ts';

const podOf = (spec: object) => ({ 'Deployment/auth-service': { spec: { template: { spec } } } });
const purgeOf = (spec: object) => ({
  'CronJob/auth-service-purge': { spec: { jobTemplate: { spec: { template: { spec } } } } },
});

const dedicated = { key: 'dedicated', operator: 'Equal', value: 'auth', effect: 'NoSchedule' };
const onArm = {
  nodeSelectorTerms: [
    { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }] },
  ],
};

/** Which nodes run the pods, and which names they resolve. */
export const podPlacement: readonly UnusualCluster[] = [
  {
    title: 'nodes of a pool of its own, which Jobs share',
    values: `scheduling:
  nodeSelector: { pool: auth }
  tolerations: [{ key: dedicated, operator: Equal, value: auth, effect: NoSchedule }]
  runtimeClassName: gvisor
  schedulerName: custom
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/arch, operator: In, values: [arm64] }] }]`,
    output: {
      ...podOf({
        nodeSelector: { pool: 'auth' },
        tolerations: [dedicated],
        runtimeClassName: 'gvisor',
        schedulerName: 'custom',
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onArm } },
      }),
      ...purgeOf({
        nodeSelector: { pool: 'auth' },
        tolerations: [dedicated],
        runtimeClassName: 'gvisor',
        schedulerName: 'custom',
        affinity: null,
      }),
    },
    clouds: ['gke'],
  },
  {
    title: 'Jobs on nodes of their own',
    values: `scheduling: { nodeSelector: { pool: auth } }
jobs:
  scheduling:
    nodeSelector: {}
    tolerations: [{ key: spot, operator: Exists }]
    runtimeClassName: runc
    schedulerName: batch
    affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }`,
    output: {
      ...podOf({ nodeSelector: { pool: 'auth' }, tolerations: null }),
      ...purgeOf({
        nodeSelector: null,
        tolerations: [{ key: 'spot', operator: 'Exists' }],
        affinity: { podAffinity: {} },
        runtimeClassName: 'runc',
        schedulerName: 'batch',
      }),
    },
    clouds: ['eks'],
  },
  {
    title: 'a DNS server and names of its own',
    values: `dnsPolicy: None
dnsConfig: { nameservers: [10.0.0.53], options: [{ name: ndots, value: "2" }] }
hostAliases: [{ ip: 10.0.0.5, hostnames: [db.internal] }]`,
    output: {
      ...podOf({
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['10.0.0.53'], options: [{ name: 'ndots', value: '2' }] },
        hostAliases: [{ ip: '10.0.0.5', hostnames: ['db.internal'] }],
      }),
      ...purgeOf({ dnsPolicy: 'None', hostAliases: [{ ip: '10.0.0.5', hostnames: ['db.internal'] }] }),
    },
    clouds: ['aks'],
  },
  {
    title: 'no DNS policy of the cluster, and no name server instead',
    values: 'dnsPolicy: None\ndnsConfig: { options: [{ name: ndots }] }',
    refused: ['dnsConfig.nameservers: must name a server, because dnsPolicy is None'],
    clouds: ['eks'],
  },
  {
    title: 'misspelt fields of tolerations, affinities and DNS',
    values: `scheduling:
  tolerations: [{ key: spot, operater: Exists }]
  affinity: { nodeAffinty: {} }
  runtimeClassName: gVisor
jobs: { scheduling: { toleration: [] } }
dnsConfig: { nameserver: [10.0.0.53] }
dnsPolicy: Cluster`,
    refused: [
      'scheduling.runtimeClassName: must be a name of Kubernetes: at most 253 lower case letters, digits, - and ., with a letter or digit at both ends',
      'dnsPolicy: must be one of ClusterFirst, Default, None',
      'jobs.scheduling.toleration: is not a known key',
    ],
    clouds: ['eks'],
  },
  {
    title: 'misspelt fields in the form of Kubernetes',
    values: `scheduling:
  tolerations: [{ key: spot, operater: Exists }]
  affinity: { nodeAffinty: {} }
hostAliases: [{ ip: 10.0.0.5, hostname: [db.internal] }]
dnsConfig: { nameserver: [10.0.0.53] }`,
    refused: [
      'dnsConfig.nameserver: is not a known field',
      'hostAliases[0].hostname: is not a known field',
      'scheduling.affinity.nodeAffinty: is not a known field',
      'scheduling.tolerations[0].operater: is not a known field',
    ],
    clouds: ['eks'],
  },
];
