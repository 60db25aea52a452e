import { createCloud } from '../clouds/create-cloud.ts';
import { trafficOf } from '../kubernetes/network-traffic.ts';
import type { Values } from '../values/schema.ts';
import { isCiliumPeer } from '../values/schema-peers.ts';

/** The rules of all policies that have a peer which only Cilium knows: the paths of their peers. */
function ciliumPaths(values: Values): string[] {
  const rules = Object.values(trafficOf(values, createCloud(values))).flatMap(
    ({ egress = [], ingress = [] }) => [...egress, ...ingress],
  );
  return [...new Set(rules.filter(({ peers }) => peers.some(isCiliumPeer)).map(({ from }) => from))];
}

/** Peers that the network policies could not express. */
export function* checkNetworkPolicy(values: Values): Iterable<string> {
  const { cilium, dns, enabled } = values.networkPolicy;
  if (!enabled) return;
  if (dns.peers.some(isCiliumPeer))
    yield 'networkPolicy.dns.peers: must be pods or addresses, because Cilium learns the addresses of names from these servers';
  if (cilium.enabled && dns.ports.some(({ endPort, port }) => endPort !== undefined || port === undefined))
    yield 'networkPolicy.dns.ports: must be single ports, because the DNS proxy of Cilium takes no ranges';
  if (cilium.enabled) return;
  for (const path of ciliumPaths(values))
    yield `${path}: must not have fqdn or entity, because networkPolicy.cilium.enabled is false`;
}

/** The folders of all paths that the service answers. */
const servedFolders = ['/api/v1', '/.well-known'];

/** Whether one of the folders is below the path, or the path below one of them. */
function isServed(path: string): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return servedFolders.some((served) => folder.startsWith(`${served}/`) || `${served}/`.startsWith(folder));
}

/** The service has no setting for a prefix, so only a controller that rewrites paths can give it one. */
function* pathWarnings({ ingress }: Values): Iterable<string> {
  if (ingress.kind === 'none') return;
  for (const [index, { paths = [] }] of ingress.hosts.entries())
    for (const [number, { path }] of paths.entries())
      if (!isServed(path))
        yield `ingress.hosts[${index}].paths[${number}].path: is ${path}, under which the service answers 404, unless the controller rewrites it to ${servedFolders.join(' or ')}`;
}

/** Network policies that admit nobody, or that trust more than they seem to. */
export function* networkWarnings(values: Values): Iterable<string> {
  const { callers, cilium, enabled, extraIngress } = values.networkPolicy;
  const { className, kind } = values.ingress;
  if (
    enabled &&
    kind === 'none' &&
    values.service.type === 'ClusterIP' &&
    callers.length + extraIngress.length === 0
  )
    yield 'networkPolicy.callers: is empty and ingress.kind is none, so that no other pod can call the service';
  if (enabled && cilium.enabled && ciliumPaths(values).length === 0)
    yield 'networkPolicy.cilium.enabled: has no effect, because no peer has fqdn or entity';
  if (
    enabled &&
    kind !== 'none' &&
    values.cloud === 'aks' &&
    !values.ingress.controller &&
    callers.length > 0
  )
    yield 'networkPolicy.callers: these pods are in aks.proxyCidrs, so that they can name any address as that of their client in X-Forwarded-For';
  if (className === 'nginx')
    yield 'ingress.className: is nginx; if this is ingress-nginx, it is retired and gets no security fixes';
  yield* pathWarnings(values);
  if (values.service.type !== 'ClusterIP')
    yield `service.type: is ${values.service.type}, which exposes the API without TLS unless annotations of the Service or a proxy add it`;
}
