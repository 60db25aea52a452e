import { BlockList, isIPv6 } from 'node:net';
import type { Document } from '../../../charts-ts/gate/document.ts';
import type { Loose } from './synthesized.ts';

/** Something with an address. A pod also has a namespace and labels. */
export interface Endpoint {
  readonly ip: string;
  readonly namespace?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Numbers of the named ports. */
  readonly ports?: Readonly<Record<string, number>>;
}

const operators: Record<string, (value: string | undefined, values: readonly string[]) => boolean> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** A LabelSelector, as Kubernetes documents it: every requirement must be met, and none means everything. */
export function selects({ matchExpressions = [], matchLabels = {} }: Loose, labels: Endpoint['labels'] = {}) {
  const hasLabels = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  const isExpressed = matchExpressions.every(
    ({ key, operator, values }: Loose) => operators[operator]?.(labels[key], values) ?? false,
  );
  return hasLabels && isExpressed;
}

function isIn(block: string, ip: string): boolean {
  const [address = '', prefix] = block.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

function isPeer(
  { ipBlock, namespaceSelector, podSelector }: Loose,
  policyNamespace: string,
  other: Endpoint,
) {
  if (ipBlock)
    return (
      isIn(ipBlock.cidr, other.ip) && !(ipBlock.except ?? []).some((block: string) => isIn(block, other.ip))
    );
  if (other.namespace === undefined) return false;
  const isInNamespace = namespaceSelector
    ? selects(namespaceSelector, {
        'kubernetes.io/metadata.name': other.namespace,
        ...other.namespaceLabels,
      })
    : other.namespace === policyNamespace;
  return isInNamespace && selects(podSelector ?? {}, other.labels);
}

function isPort(
  { endPort, port, protocol = 'TCP' }: Loose,
  asked: number,
  askedProtocol: string,
  to: Endpoint,
) {
  if (protocol !== askedProtocol) return false;
  if (port === undefined) return true;
  const first = typeof port === 'string' ? to.ports?.[port] : port;
  return first !== undefined && asked >= first && asked <= (endPort ?? first);
}

/** Whether the NetworkPolicies among the objects let one endpoint connect to a port of another. */
export function connects(
  documents: readonly Document[],
  from: Endpoint,
  to: Endpoint,
  port: number,
  protocol = 'TCP',
): boolean {
  const policies = documents
    .map(({ object }: Loose) => object)
    .filter(({ kind }) => kind === 'NetworkPolicy');
  const isAllowed = (type: 'Ingress' | 'Egress', self: Endpoint, other: Endpoint): boolean => {
    const own = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === self.namespace &&
        spec.policyTypes.includes(type) &&
        selects(spec.podSelector, self.labels),
    );
    if (own.length === 0) return true;
    return own.some(({ metadata, spec }) =>
      (type === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? [])).some((rule: Loose) => {
        const peers = type === 'Ingress' ? rule.from : rule.to;
        return (
          (!peers ||
            peers.length === 0 ||
            peers.some((one: Loose) => isPeer(one, metadata.namespace, other))) &&
          (!rule.ports || rule.ports.some((one: Loose) => isPort(one, port, protocol, to)))
        );
      }),
    );
  };
  return isAllowed('Egress', from, to) && isAllowed('Ingress', to, from);
}
