import type { IAffinity, IPodSpec, ITopologySpreadConstraint } from 'kubernetes-models/v1';
import { apiSelector } from '../names.ts';
import type { Values } from '../values/schema.ts';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

/** The label by which the Deployment controller tells the pods of one rollout from those of another. */
const matchLabelKeys = ['pod-template-hash'];

/**
 * Prefers zones with few pods. kube-scheduler ignores a node that lacks a label of any ScheduleAnyway constraint, so that
 * in a cluster without zones a constraint on zones would also end the spread over nodes. An anti-affinity does not.
 */
function zoneAntiAffinity(values: Values): IAffinity {
  const labelSelector = { matchLabels: apiSelector(values) };
  // Kubernetes 1.28 drops matchLabelKeys here. Without them the pods of the rollout before count too.
  const ofRollout = values.kubernetesVersion === 'newest' && { matchLabelKeys };
  const podAffinityTerm = { labelSelector, topologyKey: zone, ...ofRollout };
  return {
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
  };
}

/** The constraints of the operator. One without a selector gets that of the pods of the API. */
function givenConstraints(values: Values): ITopologySpreadConstraint[] {
  const selected = { labelSelector: { matchLabels: apiSelector(values) } };
  const given = values.scheduling.topologySpread ?? [];
  // reason: the schema of the values takes any map here, and the gate checks it against the types of a pod.
  return given.map((constraint) => ({ ...selected, ...constraint }) as unknown as ITopologySpreadConstraint);
}

/**
 * Spreads the pods of the API over nodes and zones. Only the pods of the same rollout count: otherwise the old pods would
 * drive all new ones to the node that had the fewest. By default nothing is required, because required rules leave pods
 * pending in a small cluster.
 */
export function placement(values: Values): Pick<IPodSpec, 'affinity' | 'topologySpreadConstraints'> {
  const { topologySpread, zoneSpread } = values.scheduling;
  if (topologySpread) {
    const topologySpreadConstraints = givenConstraints(values);
    return topologySpreadConstraints.length > 0 ? { topologySpreadConstraints } : {};
  }
  const common = { maxSkew: 1, labelSelector: { matchLabels: apiSelector(values) }, matchLabelKeys };
  const overNodes = { ...common, topologyKey: hostname, whenUnsatisfiable: 'ScheduleAnyway' as const };
  const overZones = { ...common, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule' as const };
  return {
    topologySpreadConstraints: zoneSpread === 'DoNotSchedule' ? [overNodes, overZones] : [overNodes],
    ...(zoneSpread === 'ScheduleAnyway' && { affinity: zoneAntiAffinity(values) }),
  };
}
