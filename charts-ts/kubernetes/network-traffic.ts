import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { apiSelector, installationSelector, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { isCiliumPeer, type NetworkPort, type Peer, portsOf } from '../values/schema-peers.ts';

/** A selector of pods. `{}` selects all pods of the namespace. */
export type Selector = NonNullable<INetworkPolicySpec['podSelector']>;

/** Peers that may connect, or that pods may connect to, by these ports. */
export interface TrafficRule {
  /** The path of the value that names the peers, for messages. */
  readonly from: string;
  readonly peers: readonly Peer[];
  readonly ports: readonly NetworkPort[];
}

/** What some pods may receive and send. A direction that is absent is left to the other policies of these pods. */
export interface Traffic {
  readonly podSelector: Selector;
  readonly ingress?: readonly TrafficRule[];
  readonly egress?: readonly TrafficRule[];
}

const component = 'app.kubernetes.io/component';
const backupComponents = ['backup', 'drill', 'restore'];
const toPeers = (cidrs: readonly string[]): Peer[] => cidrs.map((cidr) => ({ cidr }));

/** The way to the DNS servers. */
export function dnsOf({ networkPolicy }: Values): TrafficRule {
  const { dns, dnsCidrs } = networkPolicy;
  return {
    from: 'networkPolicy.dns.peers',
    peers: [...dns.peers, ...toPeers(dnsCidrs)],
    ports: dns.ports,
  };
}

const postgres = ({ database }: Values): TrafficRule => ({
  from: 'database.peers',
  peers: database.peers,
  ports: [{ port: database.port }],
});

function redis({ redis: { peers, port, sentinelPort } }: Values): TrafficRule[] {
  const ports = [port, ...(sentinelPort ? [sentinelPort] : [])];
  return ports.map((one) => ({ from: 'redis.peers', peers, ports: [{ port: one }] }));
}

const extraEgress = ({ networkPolicy }: Values): TrafficRule[] =>
  networkPolicy.extraEgress.map((rule, index) => ({
    from: `networkPolicy.extraEgress[${index}].peers`,
    peers: rule.peers,
    ports: portsOf(rule),
  }));

/**
 * Who reads the metrics. Polaris and kube-score accept a policy as isolation only if it has a rule for each direction,
 * and a rule without peers would admit everybody. Without scrapers the only peers are therefore the pods themselves.
 */
function scrapers(values: Values, others: readonly Peer[] = []): TrafficRule {
  const { prometheus } = values.networkPolicy;
  const all = [...prometheus, ...others];
  const pods: Peer = { podSelector: { matchLabels: installationSelector(values) } };
  return {
    from: 'networkPolicy.prometheus',
    peers: all.every(isCiliumPeer) ? [...all, pods] : all,
    ports: [{ port: 'metrics' }],
  };
}

/** The traffic of all pods: scrapes by Prometheus, probes by nodes, DNS, Postgres and Redis. */
function ofAllPods(values: Values): Traffic {
  const { extraIngress, nodeCidrs } = values.networkPolicy;
  return {
    podSelector: {
      matchLabels: installationSelector(values),
      ...(values.backup.enabled && {
        matchExpressions: [{ key: component, operator: 'NotIn', values: backupComponents }],
      }),
    },
    ingress: [
      scrapers(values, toPeers(nodeCidrs)),
      ...extraIngress.map((rule, index) => ({
        from: `networkPolicy.extraIngress[${index}].peers`,
        peers: rule.peers,
        ports: portsOf(rule),
      })),
    ],
    egress: [dnsOf(values), postgres(values), ...redis(values), ...extraEgress(values)],
  };
}

/** Backups and restores reach DNS, Postgres and the object store, and nothing else. Nobody connects to their pods. */
function ofBackups(values: Values, cloud: Cloud): Traffic {
  const { backup } = values;
  const ofIdentity = backup.identity ? cloud.workloadIdentity(backup.identity).egress : [];
  const toStore = [...ofIdentity, ...backup.egress].map((rule) => ({
    from: 'backup.egress',
    peers: rule.peers,
    ports: portsOf(rule),
  }));
  return {
    podSelector: {
      matchLabels: installationSelector(values),
      matchExpressions: [{ key: component, operator: 'In', values: backupComponents }],
    },
    // No container of these pods listens on the port.
    ingress: [scrapers(values)],
    // Behind a pooler, extraEgress is the way to Postgres, which only the owner goes.
    egress: [dnsOf(values), postgres(values), ...extraEgress(values), ...toStore],
  };
}

/** Who calls the API beside the load balancer. */
function ofCallers(values: Values): Traffic {
  const { callers, nodeCidrs } = values.networkPolicy;
  const { loadBalancerSourceRanges: ranges, type } = values.service;
  // The public Service keeps the address of the client, or a node replaces it with its own.
  const clients = ranges.length > 0 ? ranges : ['0.0.0.0/0', '::/0'];
  const outside = type === 'ClusterIP' ? [] : toPeers([...clients, ...nodeCidrs]);
  return {
    podSelector: { matchLabels: apiSelector(values) },
    ingress: [{ from: 'networkPolicy.callers', peers: [...callers, ...outside], ports: [{ port: 'http' }] }],
  };
}

function ofLoadBalancer(values: Values, { loadBalancer }: Cloud): Traffic {
  return {
    podSelector: { matchLabels: apiSelector(values) },
    ingress: [{ from: 'ingress.controller.peers', peers: loadBalancer.peers, ports: [{ port: 'http' }] }],
  };
}

function ofTraces(values: Values): Traffic {
  const { peers, port } = values.networkPolicy.otlp;
  return {
    podSelector: { matchLabels: apiSelector(values) },
    egress: [{ from: 'networkPolicy.otlp.peers', peers, ports: [{ port }] }],
  };
}

const hasPeers = ({ egress = [], ingress = [] }: Traffic): boolean =>
  [...egress, ...ingress].some(({ peers }) => peers.length > 0);

/**
 * The allowed traffic by the name of its policy. The policies of 1.0.0 had other names for the pods and the backups, so
 * that they still apply to the pods of 1.0.0 while an upgrade replaces them.
 */
export function trafficOf(values: Values, cloud: Cloud): Record<string, Traffic> {
  const { app, backup } = namesOf(values);
  const all = {
    [`${app}-pods`]: ofAllPods(values),
    ...(values.backup.enabled && { [`${backup}-pods`]: ofBackups(values, cloud) }),
    [`${app}-load-balancer`]: ofLoadBalancer(values, cloud),
    [`${app}-callers`]: ofCallers(values),
    ...(values.networkPolicy.otlp.enabled && { [`${app}-otlp`]: ofTraces(values) }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, traffic]) => hasPeers(traffic)));
}
