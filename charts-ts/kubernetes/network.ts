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

/** A CIDR block, or pods of a namespace. Kubernetes itself labels each namespace with its name. */
function toPeer(peer: Peer): INetworkPolicyPeer {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr } };
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    ...(peer.podLabels && { podSelector: { matchLabels: peer.podLabels } }),
  };
}

const tcp = (port: number | string): INetworkPolicyPort[] => [{ protocol: 'TCP', port }];

const api = { matchLabels: selector };
const everyPod = { matchLabels: allPods };

type Egress = NonNullable<INetworkPolicySpec['egress']>[number];

const to = (peers: readonly Peer[], port: number): Egress => ({ to: peers.map(toPeer), ports: tcp(port) });

function dns({ dnsCidrs }: Values['networkPolicy']): Egress {
  const coreDns = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } };
  const servers = [coreDns, ...dnsCidrs.map((cidr) => ({ cidr }))].map(toPeer);
  return { to: servers, ports: (['UDP', 'TCP'] as const).map((protocol) => ({ protocol, port: 53 })) };
}

/** What all pods need. Both directions in one policy, since Polaris counts no other as isolation. */
function common({ database, networkPolicy, redis }: Values): INetworkPolicySpec {
  const { extraEgress, prometheus } = networkPolicy;
  return {
    podSelector: everyPod,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [toPeer(prometheus)], ports: tcp('metrics') }],
    egress: [
      dns(networkPolicy),
      to(database.peers, database.port),
      to(redis.peers, redis.port),
      ...extraEgress.map(({ peers, port }) => to(peers, port)),
    ],
  };
}

/** Nothing in or out but what is listed; policies add up. */
function policies(values: Values, cloud: Cloud): Record<string, INetworkPolicySpec> {
  const { otlp } = values.networkPolicy;
  const from = cloud.loadBalancer.peers.map(toPeer);
  return {
    'default-deny': { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    [names.app]: common(values),
    ...(values.ingress.kind !== 'none' && {
      [`${names.app}-load-balancer`]: {
        podSelector: api,
        policyTypes: ['Ingress'],
        ingress: [{ from, ports: tcp('http') }],
      },
    }),
    ...(otlp.enabled && {
      [`${names.app}-otlp`]: {
        podSelector: api,
        policyTypes: ['Egress'],
        egress: [to(otlp.peers, otlp.port)],
      },
    }),
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
