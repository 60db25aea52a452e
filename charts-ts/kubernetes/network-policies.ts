import { Construct } from 'constructs';
import type { INetworkPolicy, INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { apiSelector, installationSelector, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { Peer } from '../values/schema-network.ts';

/** A CIDR block, or pods of a namespace. Kubernetes itself labels each namespace with its name. */
function toPeer(peer: Peer) {
  if ('cidr' in peer) return { ipBlock: { cidr: peer.cidr } };
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
    ...(peer.podLabels && { podSelector: { matchLabels: peer.podLabels } }),
  };
}

const tcp = (port: number | string) => [{ protocol: 'TCP' as const, port }];
const egressTo = (peers: readonly Peer[], port: number) => ({ to: peers.map(toPeer), ports: tcp(port) });

function egressToDns({ dnsCidrs }: Values['networkPolicy']) {
  const coreDns = { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } };
  const servers = [coreDns, ...dnsCidrs.map((cidr) => ({ cidr }))];
  return { to: servers.map(toPeer), ports: [{ protocol: 'UDP' as const, port: 53 }, ...tcp(53)] };
}

/**
 * The traffic of all pods: scrapes by Prometheus, probes by nodes, DNS, Postgres and Redis. Ingress and egress rules are in one policy,
 * because Polaris accepts only such a policy as isolation.
 */
function allPodsPolicy(values: Values): INetworkPolicySpec {
  const { backup, database, networkPolicy, redis } = values;
  const { extraEgress, nodeCidrs, prometheus } = networkPolicy;
  const scrapers = [prometheus, ...nodeCidrs.map((cidr) => ({ cidr }))];
  return {
    podSelector: {
      matchLabels: installationSelector(values),
      ...(backup.enabled && {
        matchExpressions: [{ key: component, operator: 'NotIn' as const, values: backupComponents }],
      }),
    },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: scrapers.map(toPeer), ports: tcp('metrics') }],
    egress: [
      egressToDns(networkPolicy),
      egressTo(database.peers, database.port),
      egressTo(redis.peers, redis.port),
      ...(redis.sentinelPort ? [egressTo(redis.peers, redis.sentinelPort)] : []),
      ...extraEgress.map(({ peers, port }) => egressTo(peers, port)),
    ],
  };
}

const backupComponents = ['backup', 'drill', 'restore'];
const component = 'app.kubernetes.io/component';

/** Backups and restores reach DNS, Postgres and the object store, and nothing else. Nobody connects to their pods. */
function backupPolicy(values: Values, cloud: Cloud): INetworkPolicySpec {
  const { backup, database, networkPolicy } = values;
  const ofIdentity = backup.identity ? cloud.workloadIdentity(backup.identity).egress : [];
  // The way to Postgres behind a pooler, which only the owner goes.
  const all = [...networkPolicy.extraEgress, ...ofIdentity, ...backup.egress];
  return {
    podSelector: {
      matchLabels: installationSelector(values),
      matchExpressions: [{ key: component, operator: 'In', values: backupComponents }],
    },
    policyTypes: ['Ingress', 'Egress'],
    // Polaris demands a rule. No container of these pods listens on the port.
    ingress: [{ from: [toPeer(networkPolicy.prometheus)], ports: tcp('metrics') }],
    egress: [
      egressToDns(networkPolicy),
      egressTo(database.peers, database.port),
      ...all.map(({ peers, port }) => egressTo(peers, port)),
    ],
  };
}

function loadBalancerPolicy(values: Values, cloud: Cloud): INetworkPolicySpec {
  return {
    podSelector: { matchLabels: apiSelector(values) },
    policyTypes: ['Ingress'],
    ingress: [{ from: cloud.loadBalancer.peers.map(toPeer), ports: tcp('http') }],
  };
}

function otlpPolicy(values: Values): INetworkPolicySpec {
  const { peers, port } = values.networkPolicy.otlp;
  return {
    podSelector: { matchLabels: apiSelector(values) },
    policyTypes: ['Egress'],
    egress: [egressTo(peers, port)],
  };
}

/** The policies by name. Kubernetes allows what at least one policy of a pod allows. */
function policies(values: Values, cloud: Cloud): Record<string, INetworkPolicySpec> {
  return {
    [`${namesOf(values).app}-default-deny`]: {
      podSelector: { matchLabels: installationSelector(values) },
      policyTypes: ['Ingress', 'Egress'],
    },
    // Others than in 1.0.0: its policies still apply to its pods while an upgrade replaces them.
    [`${namesOf(values).app}-pods`]: allPodsPolicy(values),
    ...(values.backup.enabled && { [`${namesOf(values).backup}-pods`]: backupPolicy(values, cloud) }),
    ...(values.ingress.kind !== 'none' && {
      [`${namesOf(values).app}-load-balancer`]: loadBalancerPolicy(values, cloud),
    }),
    ...(values.networkPolicy.otlp.enabled && { [`${namesOf(values).app}-otlp`]: otlpPolicy(values) }),
  };
}

/** Denies all traffic of the namespace except what the pods of the service need. */
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
