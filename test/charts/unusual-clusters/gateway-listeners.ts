import type { UnusualCluster } from './cluster.ts';

const backendRefs = [{ group: '', kind: 'Service', name: 'auth-service', port: 8000, weight: 1 }];

/** Hosts, listeners and certificates of the Gateway of the charts. */
export const gatewayListeners: readonly UnusualCluster[] = [
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
    - { name: plain, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
    - name: secure
      port: 8443
      protocol: HTTPS
      hostname: "*.example.com"
      tls: { certificateRefs: [{ name: wildcard }] }
`,
    output: {
      'Gateway/auth-service-gateway': {
        spec: {
          listeners: [
            { name: 'plain', tls: null, allowedRoutes: { namespaces: { from: 'All' } } },
            {
              name: 'secure',
              port: 8443,
              allowedRoutes: { namespaces: { from: 'Same' } },
              tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'wildcard' }] },
            },
          ],
        },
      },
      'HTTPRoute/auth-service': { spec: { parentRefs: [{ sectionName: 'secure' }] } },
      'HTTPRoute/auth-service-redirect': null,
    },
  },
  {
    title: 'listeners of its own in the namespace of the Gateway of AKS',
    clouds: ['aks'],
    values: `
gateway:
  listeners: [{ name: secure, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: wildcard }] } }]
aks: { certificateUri: null, certificateClientId: null }
`,
    output: {
      'Gateway/auth-service-gateway': {
        spec: {
          listeners: [
            {
              allowedRoutes: {
                namespaces: {
                  from: 'Selector',
                  selector: { matchLabels: { 'kubernetes.io/metadata.name': 'auth-system' } },
                },
              },
            },
          ],
        },
      },
      'HTTPRoute/auth-service': {
        spec: { parentRefs: [{ namespace: 'auth-gateway', sectionName: 'secure' }] },
      },
      'HTTPRoute/auth-service-redirect': null,
    },
  },
];
