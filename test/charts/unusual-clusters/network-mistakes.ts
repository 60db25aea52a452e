import type { UnusualCluster } from './cluster.ts';

const form =
  'must be {cidr, except}, {namespace, podLabels}, a NetworkPolicyPeer {ipBlock} or {namespaceSelector, podSelector}, or for Cilium {fqdn} or {entity}';

const mistakes: readonly [title: string, values: string, line: string][] = [
  [
    'a typo in a peer',
    'database: { peers: [{ namespace: data, podLabel: { app: db } }] }',
    'database.peers[0].podLabel: is not a known key',
  ],
  [
    'a typo in a selector of a peer',
    'redis: { peers: [{ podSelector: { matchLabel: { app: redis } } }] }',
    'redis.peers[0].podSelector.matchLabel: is not a known key',
  ],
  [
    'a typo in a port',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }], ports: [{ port: 1, endport: 2 }] }] }',
    'networkPolicy.extraEgress[0].ports[0].endport: is not a known key',
  ],
  [
    'a port by its name in the form for a number',
    'networkPolicy: { extraIngress: [{ peers: [{ namespace: shop }], port: http }] }',
    'networkPolicy.extraIngress[0].port: must be a number; a name belongs in ports: [{port: http}]',
  ],
  ['a peer that says nothing', 'database: { peers: [{}] }', `database.peers[0]: ${form}`],
  [
    'a peer that is pods and addresses',
    'networkPolicy: { callers: [{ cidr: 10.0.0.0/8, namespace: shop }] }',
    `networkPolicy.callers[0]: ${form}`,
  ],
  [
    'an exception outside of its block',
    'networkPolicy: { callers: [{ cidr: 10.1.0.0/16, except: [10.2.0.0/24] }] }',
    'networkPolicy.callers[0].except: must lie within 10.1.0.0/16, as 10.2.0.0/24 does not',
  ],
  [
    'an exception of the other family',
    'networkPolicy: { callers: [{ ipBlock: { cidr: 10.1.0.0/16, except: ["2001:db8::/64"] } }] }',
    'networkPolicy.callers[0].except: must lie within 10.1.0.0/16, as 2001:db8::/64 does not',
  ],
  [
    'a requirement without values',
    'networkPolicy: { callers: [{ podSelector: { matchExpressions: [{ key: app, operator: In }] } }] }',
    'networkPolicy.callers[0].podSelector.matchExpressions[0].values: must be a list for In and NotIn, and must be absent for Exists and DoesNotExist',
  ],
  [
    'an operator that Kubernetes does not know',
    'networkPolicy: { callers: [{ podSelector: { matchExpressions: [{ key: app, operator: Equals }] } }] }',
    'networkPolicy.callers[0].podSelector.matchExpressions[0].operator: must be one of In, NotIn, Exists, DoesNotExist',
  ],
  [
    'a range that ends before it begins',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }], ports: [{ port: 9, endPort: 8 }] }] }',
    'networkPolicy.extraEgress[0].ports[0].endPort: must not be below port, which must be a number',
  ],
  [
    'a range from a name',
    'networkPolicy: { extraIngress: [{ peers: [{ cidr: 10.0.0.0/8 }], ports: [{ port: http, endPort: 8 }] }] }',
    'networkPolicy.extraIngress[0].ports[0].endPort: must not be below port, which must be a number',
  ],
  [
    'a port in both forms',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }], port: 1, ports: [{ port: 2 }] }] }',
    'networkPolicy.extraEgress[0]: must set either port, for one port of TCP, or ports',
  ],
  [
    'a rule for no port',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }] }] }',
    'networkPolicy.extraEgress[0]: must set either port, for one port of TCP, or ports',
  ],
  [
    'a protocol that Kubernetes does not know',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }], ports: [{ port: 1, protocol: ICMP }] }] }',
    'networkPolicy.extraEgress[0].ports[0].protocol: must be one of TCP, UDP, SCTP',
  ],
  [
    'a name that is none of a port',
    'networkPolicy: { extraEgress: [{ peers: [{ cidr: 10.0.0.0/8 }], ports: [{ port: HTTPS }] }] }',
    'networkPolicy.extraEgress[0].ports[0].port: must be a number from 1 to 65535, or the name of a container port',
  ],
  [
    'a rule for nobody, which would be a rule for everybody',
    'networkPolicy: { extraIngress: [{ peers: [], port: 8000 }] }',
    'networkPolicy.extraIngress[0].peers: must name at least one peer',
  ],
  [
    'no DNS server',
    'networkPolicy: { dns: { peers: [] } }',
    'networkPolicy.dns.peers: must name at least one peer',
  ],
  [
    'a name without Cilium',
    'database: { peers: [{ fqdn: db.example.com }] }',
    'database.peers: must not have fqdn or entity, because networkPolicy.cilium.enabled is false',
  ],
  [
    'a caller by name, which no policy can know',
    'networkPolicy: { cilium: { enabled: true }, callers: [{ fqdn: shop.example.com }] }',
    'networkPolicy.callers[0].fqdn: must be removed, because the names of those who connect are not known',
  ],
  [
    'a name with a scheme',
    'networkPolicy: { cilium: { enabled: true } }\ndatabase: { peers: [{ fqdn: "https://db.example.com" }] }',
    'database.peers[0].fqdn: must be a host name such as db.example.com, or a pattern such as *.rds.amazonaws.com, in lower case',
  ],
  [
    'a range of ports of DNS for Cilium',
    'networkPolicy: { cilium: { enabled: true }, dns: { ports: [{ port: 53, endPort: 54 }] } }',
    'networkPolicy.dns.ports: must be single ports, because the DNS proxy of Cilium takes no ranges',
  ],
  [
    'DNS servers by name',
    'networkPolicy: { cilium: { enabled: true }, dns: { peers: [{ fqdn: dns.example.com }] } }',
    'networkPolicy.dns.peers: must be pods or addresses, because Cilium learns the addresses of names from these servers',
  ],
];

/** Peers and ports that Kubernetes would refuse, or that would mean something else than their author thinks. */
export const networkMistakes: readonly UnusualCluster[] = mistakes.map(([title, values, line]) => ({
  title,
  values,
  clouds: ['eks'],
  refused: [line],
}));
