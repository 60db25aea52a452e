import { createCloud } from '../clouds/create-cloud.ts';
import { hostsOf } from '../clouds/hosts.ts';
import type { Values } from '../values/schema.ts';

/** Values of a Gateway or of its routes, where the charts create neither. */
function* checkUnusedGateway({ gateway, ingress: { kind } }: Values): Iterable<string> {
  const instead = (key: string): string => (kind === 'ingress' ? `: use ingress.${key}` : '');
  if (gateway.className)
    yield `gateway.className: must be null, because ingress.kind is ${kind}${instead('className')}`;
  if (Object.keys(gateway.routeAnnotations).length > 0)
    yield `gateway.routeAnnotations: must be empty, because ingress.kind is ${kind}${instead('annotations')}`;
  for (const key of ['listeners', 'parentRefs', 'redirectParentRefs'] as const)
    if (gateway[key].length > 0) yield `gateway.${key}: must be empty, because ingress.kind is ${kind}`;
}

function* checkKind(values: Values): Iterable<string> {
  const { gateway, ingress } = values;
  const { className, controller, kind } = ingress;
  if (kind === 'none' && controller)
    yield 'ingress.controller: must be null, because ingress.kind is none; networkPolicy.callers admits pods of the cluster';
  if (kind === 'route' && !controller)
    yield 'ingress.controller: is required because ingress.kind is route: name the pods of the router, and the addresses from which they send';
  if (kind !== 'ingress' && className)
    yield `ingress.className: must be null, because ingress.kind is ${kind}${kind === 'gateway' ? ': use gateway.className' : ''}`;
  if (kind !== 'gateway') yield* checkUnusedGateway(values);
  if (gateway.parentRefs.length === 0 && gateway.redirectParentRefs.length > 0)
    yield 'gateway.redirectParentRefs: must be empty, because gateway.parentRefs is empty: gateway.redirect is about the Gateway of the charts';
}

/** Values about the Gateway of the charts, where the Gateway is somebody else's. */
function* checkParents({ gateway, ingress }: Values): Iterable<string> {
  if (gateway.parentRefs.length === 0) return;
  const reason = 'because gateway.parentRefs names a Gateway that exists';
  if (gateway.listeners.length > 0) yield `gateway.listeners: must be empty, ${reason}`;
  if (gateway.className) yield `gateway.className: must be null, ${reason}`;
  if (Object.keys(ingress.annotations).length > 0)
    yield `ingress.annotations: must be empty, ${reason}; gateway.routeAnnotations are those of the routes`;
  if (ingress.tlsSecretName || ingress.hosts.some(({ tlsSecretName }) => tlsSecretName))
    yield `ingress.tlsSecretName: must be null, ${reason} with its certificate`;
}

function* checkHosts(values: Values): Iterable<string> {
  const { host, hosts, kind, tls, tlsSecretName } = values.ingress;
  if (kind !== 'none' && host === undefined && hosts.length === 0) yield 'ingress.host: is required';
  const names = hosts.map((one) => one.host);
  for (const [index, one] of hosts.entries()) {
    const path = `ingress.hosts[${index}]`;
    if (names.indexOf(one.host) !== index) yield `${path}.host: is listed twice`;
    if (one.tlsSecretName && !tls) yield `${path}.tlsSecretName: must be null, because ingress.tls is false`;
    for (const [number, { pathType }] of (one.paths ?? []).entries())
      if (kind === 'gateway' && pathType === 'ImplementationSpecific')
        yield `${path}.paths[${number}].pathType: must be Prefix or Exact, because ingress.kind is gateway`;
  }
  if (tlsSecretName && !tls) yield 'ingress.tlsSecretName: must be null, because ingress.tls is false';
}

/** Annotations by which cert-manager issues the certificate of an Ingress or Gateway. */
const issuers = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer'];

function* checkAnnotations(values: Values): Iterable<string> {
  const { annotations, tls } = values.ingress;
  const hasListeners = values.gateway.listeners.length > 0;
  const reserved: Readonly<Record<string, string>> = {
    'kubernetes.io/ingress.class': 'use ingress.className',
    ...createCloud(values).reservedAnnotations,
  };
  for (const name of Object.keys(annotations)) {
    if (name in reserved) yield `ingress.annotations.${name}: must be removed; ${reserved[name]}`;
    if (!issuers.includes(name)) continue;
    if (!tls) yield `ingress.tls: must be true, because ingress.annotations has ${name}`;
    else if (!hasListeners && hostsOf(values).some(({ tlsSecretName }) => !tlsSecretName))
      yield `ingress.tlsSecretName: is required because ingress.annotations has ${name}: cert-manager writes the certificate to that Secret`;
  }
}

function* checkService(values: Values): Iterable<string> {
  const { annotations, externalTrafficPolicy, loadBalancerClass, nodePort, type, ...service } =
    values.service;
  const ofLoadBalancers = {
    loadBalancerClass: loadBalancerClass !== undefined,
    loadBalancerSourceRanges: service.loadBalancerSourceRanges.length > 0,
  };
  const ofBoth = {
    externalTrafficPolicy: externalTrafficPolicy !== undefined,
    nodePort: nodePort !== undefined,
  };
  const useless = {
    ...(type !== 'LoadBalancer' && ofLoadBalancers),
    ...(type === 'ClusterIP' && ofBoth),
  };
  for (const [key, isSet] of Object.entries(useless))
    if (isSet) yield `service.${key}: must be removed, because service.type is ${type}`;
  const { serviceAnnotations = {} } = createCloud(values);
  for (const name of Object.keys(annotations))
    if (type === 'ClusterIP' && name in serviceAnnotations)
      yield `service.annotations.${name}: must be removed; the charts set it`;
}

/** Checks of the way in: Ingress, Gateway, Route and Service. */
export const entryChecks: readonly ((values: Values) => Iterable<string>)[] = [
  checkKind,
  checkParents,
  checkHosts,
  checkAnnotations,
  checkService,
  (values) => createCloud(values).entryFaults(),
];
