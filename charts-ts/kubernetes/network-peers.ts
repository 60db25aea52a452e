import type {
  INetworkPolicyEgressRule,
  INetworkPolicyIngressRule,
  INetworkPolicyPeer,
  INetworkPolicyPort,
} from 'kubernetes-models/networking.k8s.io/v1';
import { isCiliumPeer, type NetworkPort, type Peer } from '../values/schema-peers.ts';
import type { TrafficRule } from './network-traffic.ts';

/** The peer in the form of Kubernetes. Kubernetes itself labels each namespace with its name. */
export function toPeer(peer: Peer): INetworkPolicyPeer {
  const { cidr, except, ipBlock, namespace, podLabels } = peer;
  if (cidr) return { ipBlock: { cidr, ...(except && { except }) } };
  if (ipBlock) return { ipBlock };
  const namespaceSelector = namespace
    ? { matchLabels: { 'kubernetes.io/metadata.name': namespace } }
    : peer.namespaceSelector;
  const podSelector = podLabels ? { matchLabels: podLabels } : peer.podSelector;
  return { ...(namespaceSelector && { namespaceSelector }), ...(podSelector && { podSelector }) };
}

function toPort({ endPort, port, protocol = 'TCP' }: NetworkPort): INetworkPolicyPort {
  return { protocol, ...(port !== undefined && { port }), ...(endPort !== undefined && { endPort }) };
}

/** The rules with a peer that Kubernetes can describe. A rule without peers would stand for everybody. */
const plainRules = (rules: readonly TrafficRule[]) =>
  rules
    .map(({ peers, ports }) => ({ peers: peers.filter((peer) => !isCiliumPeer(peer)).map(toPeer), ports }))
    .filter(({ peers }) => peers.length > 0)
    .map(({ peers, ports }) => ({ peers, ports: ports.map(toPort) }));

export const egressRules = (rules: readonly TrafficRule[]): INetworkPolicyEgressRule[] =>
  plainRules(rules).map(({ peers, ports }) => ({ to: peers, ports }));

export const ingressRules = (rules: readonly TrafficRule[]): INetworkPolicyIngressRule[] =>
  plainRules(rules).map(({ peers, ports }) => ({ from: peers, ports }));
