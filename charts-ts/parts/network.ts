import { Construct } from 'constructs';
import type {
  INetworkPolicy,
  INetworkPolicyPeer,
  INetworkPolicyPort,
  INetworkPolicySpec,
} from 'kubernetes-models/networking.k8s.io/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { allPods, metadata, names, selector } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { Peer } from '../values/schema-network.ts';
import { block, podsOf } from './peers.ts';

function toPeer(peer: Peer): INetworkPolicyPeer {
  return 'cidr' in peer ? block(peer.cidr) : podsOf(peer.namespace, peer.podLabels);
}

const tcp = (port: number | string): INetworkPolicyPort[] => [{ protocol: 'TCP', port }];

const api = { matchLabels: selector };
const everyPod = { matchLabels: allPods };

function egress(podSelector: INetworkPolicySpec['podSelector'], to: INetworkPolicyPeer[], port: number) {
  return {
    podSelector,
    policyTypes: ['Egress'],
    egress: [{ to, ports: tcp(port) }],
  } satisfies INetworkPolicySpec;
}

function ingress(from: readonly INetworkPolicyPeer[], port: string) {
  return {
    podSelector: api,
    policyTypes: ['Ingress'],
    ingress: [{ from: [...from], ports: tcp(port) }],
  } satisfies INetworkPolicySpec;
}

function dns({ dnsCidrs }: Values['networkPolicy']): INetworkPolicySpec {
  const to = [podsOf('kube-system', { 'k8s-app': 'kube-dns' }), ...dnsCidrs.map(block)];
  const dnsPorts: INetworkPolicyPort[] = ['UDP' as const, 'TCP' as const].map((protocol) => ({
    protocol,
    port: 53,
  }));
  return { podSelector: everyPod, policyTypes: ['Egress'], egress: [{ to, ports: dnsPorts }] };
}

/** Nothing in or out but what is listed. Policies add up, so each one says a single thing. */
function policies(values: Values, cloud: Cloud): Record<string, INetworkPolicySpec> {
  const { database, networkPolicy, redis } = values;
  const { otlp, prometheus } = networkPolicy;
  const extra = networkPolicy.extraEgress.map(({ peers, port }, index) => [
    `${names.app}-extra-${index}`,
    egress(everyPod, peers.map(toPeer), port),
  ]);
  return {
    'default-deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    [`${names.app}-dns`]: dns(networkPolicy),
    [`${names.app}-postgres`]: egress(everyPod, database.peers.map(toPeer), database.port),
    [`${names.app}-redis`]: egress(everyPod, redis.peers.map(toPeer), redis.port),
    ...(values.ingress.kind !== 'none' && {
      [`${names.app}-load-balancer`]: ingress(cloud.loadBalancer.peers, 'http'),
    }),
    [`${names.app}-prometheus`]: ingress([podsOf(prometheus.namespace, prometheus.podLabels)], 'metrics'),
    ...(otlp.enabled && { [`${names.app}-otlp`]: egress(api, otlp.peers.map(toPeer), otlp.port) }),
    ...Object.fromEntries(extra),
  };
}

/** Who may talk to the pods and to whom they may talk. */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    for (const [name, spec] of Object.entries(policies(values, cloud))) {
      addObject<INetworkPolicy>(this, name, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: metadata(values, name, { component: 'network' }),
        spec,
      });
    }
  }
}
