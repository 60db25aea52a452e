import type { CloudName } from '../../../charts-ts/values/schema.ts';
import type { UnusualCluster } from './cluster.ts';

const mistakes: readonly [title: string, clouds: readonly CloudName[], values: string, line: string][] = [
  [
    'another class on AKS, whose pods nobody has named',
    ['aks'],
    'ingress: { kind: ingress, className: traefik }',
    'ingress.controller: must be set, because traefik is not the class of the application routing add-on, webapprouting.kubernetes.azure.com: name the pods of the controller',
  ],
  [
    'another class in the value of AKS alone',
    ['aks'],
    'ingress: { kind: ingress }\naks: { ingressClassName: nginx-internal }',
    'ingress.controller: must be set, because nginx-internal is not the class of the application routing add-on, webapprouting.kubernetes.azure.com: name the pods of the controller',
  ],
  [
    'another class on GKE, whose pods nobody has named',
    ['gke'],
    'ingress: { className: traefik }',
    'ingress.controller: must be set, because traefik is not a class of the GKE Ingress controller: gce or gce-internal',
  ],
  [
    'a controller without its class',
    ['eks'],
    'ingress: { controller: { peers: [{ namespace: kong }], trustedProxies: [], idleTimeoutSeconds: 60 } }',
    'ingress.className: is required because ingress.controller is set: name the IngressClass of the controller',
  ],
  [
    'a controller that keeps connections longer than the pods',
    ['eks'],
    'ingress: { className: x, controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 75 } }',
    'rollout.keepAliveTimeout: must be above 75s, the idle timeout of the load balancer; otherwise clients get 502',
  ],
  [
    'a controller that sends longer than the drain takes',
    ['eks'],
    'ingress: { className: x, controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 60, deregistrationSeconds: 40 } }',
    'rollout.drainDelay: must be above 40s: the load balancer sends requests to a stopping pod for that long',
  ],
  [
    'a controller without its proxies, so that all clients would share one limit',
    ['eks'],
    'ingress: { className: x, controller: { peers: [{ namespace: x }], idleTimeoutSeconds: 60 } }',
    'ingress.controller.trustedProxies: is required',
  ],
  [
    'a Gateway of a controller without its class',
    ['gke'],
    'ingress: { kind: gateway, tlsSecretName: t, controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 60 } }',
    'gateway.className: is required because ingress.controller is set: name the GatewayClass of the controller, or set gateway.parentRefs',
  ],
  [
    'a Gateway of a controller without a certificate',
    ['gke'],
    'ingress: { kind: gateway, controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 60 } }\ngateway: { className: x }',
    'ingress.tlsSecretName: is required for a Gateway with TLS: name the Secret with the certificate, or set ingress.tls to false',
  ],
  [
    'a Route without its router',
    ['aks'],
    'ingress: { kind: route }',
    'ingress.controller: is required because ingress.kind is route: name the pods of the router, and the addresses from which they send',
  ],
  [
    'the class of a Gateway that nobody creates',
    ['eks', 'gke'],
    'gateway: { className: istio }',
    'gateway.className: must be null, because ingress.kind is ingress: use ingress.className',
  ],
  [
    'annotations of routes that nobody creates',
    ['eks'],
    'gateway: { routeAnnotations: { external-dns.alpha.kubernetes.io/ttl: "60" } }',
    'gateway.routeAnnotations: must be empty, because ingress.kind is ingress: use ingress.annotations',
  ],
  [
    'a controller of no Ingress',
    ['eks'],
    'ingress: { kind: none, controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 60 } }',
    'ingress.controller: must be null, because ingress.kind is none; networkPolicy.callers admits pods of the cluster',
  ],
  [
    'cert-manager without a Secret for the certificate',
    ['gke', 'aks'],
    'ingress: { kind: ingress, annotations: { cert-manager.io/cluster-issuer: letsencrypt } }',
    'ingress.tlsSecretName: is required because ingress.annotations has cert-manager.io/cluster-issuer: cert-manager writes the certificate to that Secret',
  ],
  [
    'a TLS Secret for an ALB, which cannot read it',
    ['eks'],
    'ingress: { tlsSecretName: api-tls }',
    'ingress.tlsSecretName: must be null, because an ALB takes its certificate from ACM: use eks.certificateArn, or set ingress.controller for another controller',
  ],
  [
    'a TLS Secret without TLS',
    ['aks'],
    'ingress: { tls: false, tlsSecretName: api-tls }',
    'ingress.tlsSecretName: must be null, because ingress.tls is false',
  ],
  [
    'one host twice',
    ['eks'],
    'ingress: { hosts: [{ host: a.example.com }, { host: a.example.com }] }',
    'ingress.hosts[1].host: is listed twice',
  ],
  ['no host at all', ['gke'], 'ingress: { host: null }', 'ingress.host: is required'],
  [
    'a host with a port',
    ['eks'],
    'ingress: { hosts: [{ host: "a.example.com:8443" }] }',
    'ingress.hosts[0].host: must be a host name such as api.example.com, in lower case, without port',
  ],
  [
    'a path without a slash',
    ['eks'],
    'ingress: { hosts: [{ host: a.example.com, paths: [{ path: api }] }] }',
    'ingress.hosts[0].paths[0].path: must begin with /',
  ],
  [
    'a managed certificate for an internal load balancer',
    ['gke'],
    'ingress: { className: gce-internal }',
    'gke.managedCertificate: must be false, because ingress.className is gce-internal: name a regional certificate in gke.preSharedCertificate, or a Secret in ingress.tlsSecretName',
  ],
  [
    'the class as an annotation',
    ['eks', 'gke'],
    'ingress: { annotations: { kubernetes.io/ingress.class: nginx } }',
    'ingress.annotations.kubernetes.io/ingress.class: must be removed; use ingress.className',
  ],
  [
    'an annotation of the Service that the charts set',
    ['gke'],
    `service: { annotations: { cloud.google.com/backend-config: '{"default": "other"}' } }`,
    'service.annotations.cloud.google.com/backend-config: must be removed; the charts set it',
  ],
  [
    'annotations of a Gateway that the charts do not create',
    ['aks'],
    'ingress: { annotations: { cert-manager.io/issuer: x } , tlsSecretName: t }\ngateway: { parentRefs: [{ name: shared }] }',
    'ingress.annotations: must be empty, because gateway.parentRefs names a Gateway that exists; gateway.routeAnnotations are those of the routes\ningress.tlsSecretName: must be null, because gateway.parentRefs names a Gateway that exists with its certificate',
  ],
  [
    'a parent of no route',
    ['eks'],
    'gateway: { parentRefs: [{ name: shared }] }',
    'gateway.parentRefs: must be empty, because ingress.kind is ingress',
  ],
  [
    'the class of an Ingress for a Gateway',
    ['gke'],
    'ingress: { kind: gateway, className: istio }\ngke: { certificateMap: c }',
    'ingress.className: must be null, because ingress.kind is gateway: use gateway.className',
  ],
  [
    'a redirect of a Gateway of the charts by a value for others',
    ['aks'],
    'gateway: { redirectParentRefs: [{ name: shared }] }',
    'gateway.redirectParentRefs: must be empty, because gateway.parentRefs is empty: gateway.redirect is about the Gateway of the charts',
  ],
  [
    'a field that a listener does not have',
    ['aks'],
    'gateway: { listeners: [{ name: a, port: 80, protocol: HTTP, host: x }, { name: b, port: 443, protocol: HTTPS }] }',
    '21-entry.yaml Gateway/auth-service-gateway: spec.listeners[0].host is not a known field [schema]',
  ],
];

/** Values of the way in that contradict each other, or that would not work. */
export const entryMistakes: readonly UnusualCluster[] = mistakes.map(([title, clouds, values, line]) => ({
  title,
  clouds,
  values,
  refused: line.split('\n'),
}));
