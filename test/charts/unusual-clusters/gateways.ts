import type { UnusualCluster } from './cluster.ts';

const group = 'gateway.networking.k8s.io';
const shared = { group, kind: 'Gateway', name: 'shared', namespace: 'infra', sectionName: 'https' };
const backendRefs = [{ group: '', kind: 'Service', name: 'auth-service', port: 8000, weight: 1 }];

/** The Gateway API: Gateways of others, hosts, listeners and certificates. */
export const gateways: readonly UnusualCluster[] = [
  {
    title: 'a Gateway of the platform team, to which only routes attach',
    values: `
ingress: { kind: gateway }
gateway:
  parentRefs: [{ name: shared, namespace: infra, sectionName: https }]
  redirectParentRefs: [{ name: shared, namespace: infra, sectionName: http }]
  routeAnnotations: { external-dns.alpha.kubernetes.io/ttl: "60" }
`,
    output: {
      'Gateway/auth-service-gateway': null,
      'Namespace/auth-gateway': null,
      'LoadBalancerConfiguration/auth-service-gateway': null,
      'GCPGatewayPolicy/auth-service': null,
      'ServiceAccount/auth-service-gateway-tls': null,
      'HTTPRoute/auth-service': {
        metadata: { annotations: { 'external-dns.alpha.kubernetes.io/ttl': '60' } },
        spec: {
          parentRefs: [shared],
          hostnames: ['api.yourdomain.com'],
          rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs }],
        },
      },
      'HTTPRoute/auth-service-redirect': {
        spec: { parentRefs: [{ ...shared, sectionName: 'http' }], rules: [{ backendRefs: null }] },
      },
    },
  },
  {
    title: 'the ALB of such a Gateway, which still checks the pods as the charts say',
    clouds: ['eks'],
    values:
      'ingress: { kind: gateway }\ngateway: { parentRefs: [{ name: shared }] }\neks: { certificateArn: null }',
    output: {
      'TargetGroupConfiguration/auth-service': { spec: { targetReference: { name: 'auth-service' } } },
      'HTTPRoute/auth-service-redirect': null,
    },
  },
  {
    title: 'the proxies of such a Gateway, which the network policy admits',
    clouds: ['aks'],
    values: 'gateway: { parentRefs: [{ name: shared, namespace: infra }] }\naks: { certificateUri: null }',
    output: {
      'NetworkPolicy/auth-service-load-balancer': {
        spec: {
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'infra' } },
                  podSelector: { matchLabels: { [`${group}/gateway-name`]: 'shared' } },
                },
              ],
            },
          ],
        },
      },
    },
  },
  {
    title: 'such a Gateway on GKE, whose policies about the Service remain',
    clouds: ['gke'],
    values:
      'ingress: { kind: gateway }\ngateway: { parentRefs: [{ name: shared, namespace: infra }] }\ngke: { addressName: null }',
    output: {
      'HealthCheckPolicy/auth-service': { spec: { targetRef: { kind: 'Service', name: 'auth-service' } } },
      'GCPBackendPolicy/auth-service': { spec: { targetRef: { kind: 'Service', name: 'auth-service' } } },
    },
  },
  {
    title: 'a Gateway of a platform team with another controller',
    clouds: ['aks'],
    values: `
ingress:
  kind: gateway
  controller:
    peers: [{ namespace: envoy-gateway-system, podLabels: { gateway.envoyproxy.io/owning-gateway-name: shared } }]
    trustedProxies: [10.244.0.0/16]
    idleTimeoutSeconds: 3600
gateway: { parentRefs: [{ name: shared, namespace: infra, sectionName: https }] }
rollout: { keepAliveTimeout: 61m }
`,
    output: {
      'TargetGroupConfiguration/auth-service': null,
      'HealthCheckPolicy/auth-service': null,
      'HTTPRoute/auth-service': { spec: { parentRefs: [shared] } },
    },
  },
  {
    title: 'several hosts with certificates of their own',
    clouds: ['eks'],
    values: `
ingress:
  kind: gateway
  host: api.example.com
  tlsSecretName: api-tls
  hosts: [{ host: login.example.org, tlsSecretName: login-tls, paths: [{ path: /api/v1/auth, pathType: Exact }] }]
  annotations: { cert-manager.io/cluster-issuer: letsencrypt }
  className: null
  controller: { peers: [{ namespace: x }], trustedProxies: [], idleTimeoutSeconds: 60 }
gateway: { className: envoy }
rollout: { keepAliveTimeout: 620s }
`,
    output: {
      'Gateway/auth-service-gateway': {
        metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } },
        spec: {
          listeners: [
            { name: 'http', hostname: 'api.example.com', allowedRoutes: { namespaces: { from: 'Same' } } },
            { name: 'https', hostname: 'api.example.com', tls: { certificateRefs: [{ name: 'api-tls' }] } },
            { name: 'http-2', hostname: 'login.example.org', port: 80 },
            {
              name: 'https-2',
              hostname: 'login.example.org',
              tls: { certificateRefs: [{ name: 'login-tls' }] },
            },
          ],
        },
      },
      'HTTPRoute/auth-service': {
        spec: { hostnames: ['api.example.com'], parentRefs: [{ sectionName: 'https' }] },
      },
      'HTTPRoute/auth-service-paths-2': {
        spec: {
          hostnames: ['login.example.org'],
          parentRefs: [{ name: 'auth-service-gateway', sectionName: 'https-2' }],
          rules: [{ matches: [{ path: { type: 'Exact', value: '/api/v1/auth' } }], backendRefs }],
        },
      },
      'HTTPRoute/auth-service-redirect': {
        spec: {
          hostnames: ['api.example.com', 'login.example.org'],
          parentRefs: [{ sectionName: 'http' }, { sectionName: 'http-2' }],
        },
      },
    },
  },
  {
    title: 'a TLS Secret in the namespace of the Gateway of AKS',
    clouds: ['aks'],
    values: 'ingress: { tlsSecretName: api-tls }\naks: { certificateUri: null, certificateClientId: null }',
    output: {
      'ServiceAccount/auth-service-gateway-tls': null,
      'Gateway/auth-service-gateway': {
        metadata: { namespace: 'auth-gateway' },
        spec: { listeners: [{}, { tls: { options: null, certificateRefs: [{ name: 'api-tls' }] } }] },
      },
    },
  },
  {
    title: 'a TLS Secret for the Gateway of Google, instead of a certificate map',
    clouds: ['gke'],
    values: 'ingress: { kind: gateway, tlsSecretName: api-tls }\ngke: { certificateMap: old }',
    output: {
      'Gateway/auth-service-gateway': {
        metadata: { annotations: null },
        spec: { listeners: [{}, { tls: { mode: 'Terminate', certificateRefs: [{ name: 'api-tls' }] } }] },
      },
    },
  },
  {
    title: 'listeners of its own, and no redirect',
    clouds: ['gke'],
    values: `
ingress: { kind: gateway }
gateway:
  redirect: false
  listeners:
    - { name: plain, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: Same } } }
    - name: secure
      port: 8443
      protocol: HTTPS
      hostname: "*.example.com"
      tls: { mode: Terminate, certificateRefs: [{ name: wildcard }] }
`,
    output: {
      'Gateway/auth-service-gateway': {
        spec: { listeners: [{ name: 'plain' }, { name: 'secure', port: 8443 }] },
      },
      'HTTPRoute/auth-service': { spec: { parentRefs: [{ sectionName: 'secure' }] } },
      'HTTPRoute/auth-service-redirect': null,
    },
  },
];
