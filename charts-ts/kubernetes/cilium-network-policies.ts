import { Construct } from 'constructs';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject, type Manifest } from '../manifest.ts';
import { metadata } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { isCiliumPeer, type NetworkPort, type Peer } from '../values/schema-peers.ts';
import { toPeer } from './network-peers.ts';
import { dnsOf, type Selector, type Traffic, type TrafficRule, trafficOf } from './network-traffic.ts';

type CiliumRule = Readonly<Record<string, unknown>>;

/** A custom resource of Cilium. charts-ts/gate/schemas/cilium.ts checks its fields. */
interface CiliumNetworkPolicy extends Manifest {
  readonly spec: { endpointSelector: Selector; ingress?: CiliumRule[]; egress?: CiliumRule[] };
}

/** Cilium writes every port as a text, and 0 for every port of the protocol. */
function toPort({ endPort, port = 0, protocol = 'TCP' }: NetworkPort) {
  return { port: String(port), protocol, ...(endPort !== undefined && { endPort }) };
}

const toPorts = (ports: readonly NetworkPort[], rules?: object) => [
  { ports: ports.map(toPort), ...(rules && { rules }) },
];

const toFqdn = (name: string) => (name.includes('*') ? { matchPattern: name } : { matchName: name });

const namespaceKey = 'k8s:io.kubernetes.pod.namespace';

/** The name of a label of a pod. */
const podKey = (key: string): string => `k8s:${key}`;

/** The name of a label of the namespace of a pod. Cilium has a label of its own for the name of the namespace. */
const namespaceLabelKey = (key: string): string =>
  key === 'kubernetes.io/metadata.name' ? namespaceKey : `k8s:io.cilium.k8s.namespace.labels.${key}`;

function renamed({ matchExpressions = [], matchLabels = {} }: Selector, rename: (key: string) => string) {
  return {
    matchLabels: Object.entries(matchLabels).map(([key, value]) => [rename(key), value] as const),
    matchExpressions: matchExpressions.map((one) => ({ ...one, key: rename(one.key) })),
  };
}

/** Pods of some namespaces, of all, or of the namespace of the policy. */
function toEndpoint({ namespaceSelector, podSelector = {} }: ReturnType<typeof toPeer>): Selector {
  const pods = renamed(podSelector, podKey);
  const namespaces = renamed(namespaceSelector ?? {}, namespaceLabelKey);
  const isEverywhere =
    namespaceSelector && namespaces.matchLabels.length === 0 && namespaces.matchExpressions.length === 0;
  // Cilium adds the namespace of the policy to a selector that does not mention a namespace.
  const everywhere = isEverywhere ? [{ key: namespaceKey, operator: 'Exists' as const }] : [];
  const matchLabels = Object.fromEntries([...namespaces.matchLabels, ...pods.matchLabels]);
  const matchExpressions = [...namespaces.matchExpressions, ...pods.matchExpressions, ...everywhere];
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

/** The way to DNS through the proxy of Cilium, which learns the addresses of names from the answers. */
function dnsRules({ peers, ports }: TrafficRule): CiliumRule[] {
  const all = peers.filter((peer) => !isCiliumPeer(peer)).map(toPeer);
  const blocks = all.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock] : []));
  const endpoints = all.filter(({ ipBlock }) => !ipBlock).map(toEndpoint);
  const proxied = toPorts(ports, { dns: [{ matchPattern: '*' }] });
  // Cilium refuses a rule that names both pods and addresses.
  return [
    ...(endpoints.length > 0 ? [{ toEndpoints: endpoints, toPorts: proxied }] : []),
    ...(blocks.length > 0 ? [{ toCIDRSet: blocks, toPorts: proxied }] : []),
  ];
}

const entitiesOf = (peers: readonly Peer[]) => peers.flatMap(({ entity }) => (entity ? [entity] : []));

function toEgress({ peers, ports }: TrafficRule): CiliumRule[] {
  const names = peers.flatMap(({ fqdn }) => (fqdn ? [toFqdn(fqdn)] : []));
  const entities = entitiesOf(peers);
  return [
    ...(names.length > 0 ? [{ toFQDNs: names, toPorts: toPorts(ports) }] : []),
    ...(entities.length > 0 ? [{ toEntities: entities, toPorts: toPorts(ports) }] : []),
  ];
}

function toIngress({ peers, ports }: TrafficRule): CiliumRule[] {
  const entities = entitiesOf(peers);
  return entities.length > 0 ? [{ fromEntities: entities, toPorts: toPorts(ports) }] : [];
}

/** What a NetworkPolicy of Kubernetes cannot say of this traffic; undefined if it can say everything. */
function toSpec({ egress = [], ingress = [], podSelector }: Traffic, dns: TrafficRule) {
  const outgoing = egress.flatMap(toEgress);
  const incoming = ingress.flatMap(toIngress);
  if (outgoing.length + incoming.length === 0) return undefined;
  const hasNames = egress.some(({ peers }) => peers.some(({ fqdn }) => fqdn));
  return {
    endpointSelector: podSelector,
    ...(incoming.length > 0 && { ingress: incoming }),
    ...(outgoing.length > 0 && { egress: [...(hasNames ? dnsRules(dns) : []), ...outgoing] }),
  };
}

/** Policies of Cilium, beside those of Kubernetes, for peers by name and by entity. Cilium allows what either allows. */
export class CiliumNetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    for (const [name, traffic] of Object.entries(trafficOf(values, cloud))) {
      const spec = toSpec(traffic, dnsOf(values));
      if (!spec) continue;
      addObject<CiliumNetworkPolicy>(this, name, {
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumNetworkPolicy',
        metadata: metadata(values, name, { component: 'network' }),
        spec,
      });
    }
  }
}
