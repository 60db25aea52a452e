import { z } from 'zod';
import { containsBlock } from './cidr-blocks.ts';
import { cidr, dnsLabel, labels, text } from './formats.ts';

const requirement = z
  .strictObject({
    key: z.string().min(1),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(z.string()).min(1, 'must name at least one value').optional(),
  })
  .refine(({ operator, values }) => (values !== undefined) === ['In', 'NotIn'].includes(operator), {
    path: ['values'],
    message: 'must be a list for In and NotIn, and must be absent for Exists and DoesNotExist',
  });

/** A LabelSelector of Kubernetes. `{}` selects everything. */
const labelSelector = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z.array(requirement).optional(),
});

/** Peers that no NetworkPolicy of Kubernetes can describe. Cilium derives their addresses from names and from its own state. */
const ciliumFields = {
  fqdn: text(
    /^[-a-z0-9_*]+(\.[-a-z0-9_*]+)+$/,
    'must be a host name such as db.example.com, or a pattern such as *.rds.amazonaws.com, in lower case',
  ).optional(),
  entity: z.enum(['all', 'world', 'cluster', 'host', 'remote-node', 'kube-apiserver', 'ingress']).optional(),
};

const fields = z.strictObject({
  cidr: cidr.optional(),
  except: z.array(cidr).optional(),
  namespace: dnsLabel.optional(),
  podLabels: labels.optional(),
  ipBlock: z.strictObject({ cidr, except: z.array(cidr).optional() }).optional(),
  namespaceSelector: labelSelector.optional(),
  podSelector: labelSelector.optional(),
  ...ciliumFields,
});

/** A peer of a NetworkPolicy in a short form or in the form of Kubernetes, or a peer that only Cilium knows. */
export type Peer = z.infer<typeof fields>;

/** Whether only Cilium can describe the peer, because Kubernetes knows neither names nor entities. */
export const isCiliumPeer = ({ entity, fqdn }: Peer): boolean => entity !== undefined || fqdn !== undefined;

/** The keys of each form. A peer has keys of exactly one form. */
const forms: readonly (readonly (keyof Peer)[])[] = [
  ['cidr', 'except'],
  ['ipBlock'],
  ['namespace', 'namespaceSelector', 'podLabels', 'podSelector'],
  ['fqdn'],
  ['entity'],
];

const formMessage =
  'must be {cidr, except}, {namespace, podLabels}, a NetworkPolicyPeer {ipBlock} or {namespaceSelector, podSelector}, or for Cilium {fqdn} or {entity}';

/** What is wrong with a peer whose keys each have the right type: the key, if it is one, and the fault. */
function* faultsOf(peer: Peer): Iterable<[key: string[], message: string]> {
  const used = forms.filter((form) => form.some((key) => peer[key] !== undefined));
  if (used.length !== 1) yield [[], formMessage];
  if (peer.namespace && peer.namespaceSelector)
    yield [['namespaceSelector'], 'must be removed, because namespace is set'];
  if (peer.podLabels && peer.podSelector)
    yield [['podSelector'], 'must be removed, because podLabels is set'];
  if (peer.except && !peer.cidr) yield [['except'], 'needs cidr'];
  for (const { cidr: outer, except = [] } of [peer, ...(peer.ipBlock ? [peer.ipBlock] : [])]) {
    const outside = except.filter((inner) => outer && (inner === outer || !containsBlock(outer, inner)));
    for (const inner of outside) yield [['except'], `must lie within ${outer}, as ${inner} does not`];
  }
}

const peer = fields.superRefine((value, context) => {
  for (const [path, message] of faultsOf(value)) context.addIssue({ code: 'custom', path, message });
});

/** A peer that connects to pods. Addresses are then known, and names are not. */
const source = peer.refine(({ fqdn }) => fqdn === undefined, {
  path: ['fqdn'],
  message: 'must be removed, because the names of those who connect are not known',
});

const atLeastOne = 'must name at least one peer';

/** Where pods connect to. */
export const peers = z.array(peer).min(1, atLeastOne);
/** Where pods connect to, possibly nowhere. */
export const optionalPeers = z.array(peer);
/** Who connects to pods. */
export const sources = z.array(source).min(1, atLeastOne);
/** Who connects to pods, possibly nobody. */
export const optionalSources = z.array(source);

export const port = z.int().min(1).max(65_535);

const portMessage = 'must be a number from 1 to 65535, or the name of a container port';

/** A port of a NetworkPolicy. Without `port` it stands for every port of the protocol. */
export const networkPort = z
  .strictObject({
    port: z
      .union([port, text(/^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/, portMessage)], portMessage)
      .optional(),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional(),
    endPort: port.optional(),
  })
  .refine(
    ({ endPort, port: first }) => endPort === undefined || (typeof first === 'number' && first <= endPort),
    { path: ['endPort'], message: 'must not be below port, which must be a number' },
  );
export type NetworkPort = z.infer<typeof networkPort>;

export const networkPorts = z.array(networkPort).min(1, 'must name at least one port');

const onePort = z.int('must be a number; a name belongs in ports: [{port: http}]').min(1).max(65_535);
const portFields = { port: onePort.optional(), ports: networkPorts.optional() };
const hasOneForm = ({ port: one, ports: several }: { port?: unknown; ports?: unknown }): boolean =>
  (one === undefined) !== (several === undefined);
const oneForm = 'must set either port, for one port of TCP, or ports';

/** Where pods connect to, and by which ports. */
export const egressRule = z.strictObject({ peers, ...portFields }).refine(hasOneForm, oneForm);
export type EgressRule = z.infer<typeof egressRule>;

/** Who connects to pods, and by which ports. */
export const ingressRule = z.strictObject({ peers: sources, ...portFields }).refine(hasOneForm, oneForm);

/** The ports of a rule in either form. */
export function portsOf({ port: one, ports: several }: EgressRule): readonly NetworkPort[] {
  return several ?? [{ port: one }];
}
