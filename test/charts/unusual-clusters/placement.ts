import type { UnusualCluster } from './cluster.ts';

const labelSelector = { matchLabels: { app: 'auth-service' } };
const matchLabelKeys = ['pod-template-hash'];
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const pod = (spec: object) => ({ 'Deployment/auth-service': { spec: { template: { spec } } } });
const overNodes = {
  maxSkew: 1,
  topologyKey: hostname,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector,
  matchLabelKeys,
};
const preferred = (podAffinityTerm: object) => ({
  podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
});

/** Where the pods of the API run. */
export const placement: readonly UnusualCluster[] = [
  {
    title: 'a rollout whose new pods must not all land on the node with the fewest old ones',
    values: 'logLevel: info',
    clouds: ['eks'],
    output: pod({
      topologySpreadConstraints: [overNodes],
      affinity: preferred({ labelSelector, topologyKey: zone, matchLabelKeys: null }),
    }),
  },
  {
    title: 'a cluster that knows matchLabelKeys of an anti-affinity',
    values: 'kubernetesVersion: newest',
    clouds: ['eks'],
    output: pod({
      topologySpreadConstraints: [overNodes],
      affinity: preferred({ labelSelector, topologyKey: zone, matchLabelKeys }),
    }),
  },
  {
    title: 'zones that must stay equal',
    values: 'scheduling: { zoneSpread: DoNotSchedule }',
    clouds: ['aks'],
    output: pod({
      affinity: null,
      topologySpreadConstraints: [
        overNodes,
        { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector, matchLabelKeys },
      ],
    }),
  },
  {
    title: 'zones that do not matter',
    values: 'scheduling: { zoneSpread: none }',
    clouds: ['gke'],
    output: pod({ affinity: null, topologySpreadConstraints: [overNodes] }),
  },
  {
    title: 'racks instead of zones, with and without a selector',
    values: `
scheduling:
  topologySpread:
    - { maxSkew: 2, topologyKey: example.com/rack, whenUnsatisfiable: DoNotSchedule, minDomains: 3 }
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector: { matchLabels: { team: identity } }
      nodeTaintsPolicy: Honor
`,
    clouds: ['aks'],
    output: pod({
      affinity: null,
      topologySpreadConstraints: [
        {
          maxSkew: 2,
          topologyKey: 'example.com/rack',
          whenUnsatisfiable: 'DoNotSchedule',
          minDomains: 3,
          labelSelector,
          matchLabelKeys: null,
        },
        {
          maxSkew: 1,
          topologyKey: hostname,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { team: 'identity' } },
          nodeTaintsPolicy: 'Honor',
        },
      ],
    }),
  },
  {
    title: 'a scheduler that spreads by rules of its own',
    values: 'scheduling: { topologySpread: [] }',
    clouds: ['eks'],
    output: pod({ affinity: null, topologySpreadConstraints: null }),
  },
  {
    title: 'a misspelt constraint',
    values: 'scheduling: { topologySpread: [{ maxSkew: 1, topologyKey: rack, whenUnsatisfied: Anyway }] }',
    clouds: ['eks'],
    refused: [
      '31-deployment.yaml Deployment/auth-service: spec.template.spec.topologySpreadConstraints[0] must have required property whenUnsatisfiable [schema]',
      '31-deployment.yaml Deployment/auth-service: spec.template.spec.topologySpreadConstraints[0].whenUnsatisfied is not a known field [schema]',
    ],
  },
  {
    title: 'a constraint without a topologyKey',
    values: 'scheduling: { topologySpread: [{ maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }] }',
    clouds: ['eks'],
    refused: ['scheduling.topologySpread[0].topologyKey: is required'],
  },
];
