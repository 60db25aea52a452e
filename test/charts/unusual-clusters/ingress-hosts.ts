import type { UnusualCluster } from './cluster.ts';

const backend = { service: { name: 'auth-service', port: { number: 8000 } } };
const allowed = (hosts: string) => ({
  'ConfigMap/auth-service-config': {
    data: {
      ALLOWED_HOSTS: `${hosts},auth-service,auth-service.auth-system,auth-service.auth-system.svc,auth-service.auth-system.svc.cluster.local`,
    },
  },
});

/** Hosts, paths and certificates of an Ingress. */
export const ingressHosts: readonly UnusualCluster[] = [
  {
    title: 'several hosts with paths',
    clouds: ['eks'],
    values: `
ingress:
  host: api.example.com
  hosts:
    - { host: login.example.org, paths: [{ path: /api/v1/auth }, { path: /.well-known/jwks.json, pathType: Exact }] }
    - { host: api.example.com, paths: [{ path: /api, pathType: ImplementationSpecific }] }
`,
    output: {
      ...allowed('api.example.com,login.example.org'),
      'Ingress/auth-service-ingress': {
        spec: {
          tls: [{ hosts: ['api.example.com', 'login.example.org'], secretName: null }],
          rules: [
            {
              host: 'api.example.com',
              http: { paths: [{ path: '/api', pathType: 'ImplementationSpecific', backend }] },
            },
            {
              host: 'login.example.org',
              http: {
                paths: [
                  { path: '/api/v1/auth', pathType: 'Prefix', backend },
                  { path: '/.well-known/jwks.json', pathType: 'Exact', backend },
                ],
              },
            },
          ],
        },
      },
    },
  },
  {
    title: 'hosts without the first host apart',
    clouds: ['eks'],
    values: 'ingress: { host: null, hosts: [{ host: a.example.com }, { host: b.example.com }] }',
    output: {
      ...allowed('a.example.com,b.example.com'),
      'Ingress/auth-service-ingress': {
        spec: { rules: [{ host: 'a.example.com' }, { host: 'b.example.com' }] },
      },
    },
  },
  {
    title: 'a cluster with a DNS domain of its own, and no public host',
    clouds: ['eks'],
    values: 'ingress: { kind: none, host: null }\nservice: { clusterDomain: k8s.example.net }',
    output: {
      'ConfigMap/auth-service-config': {
        data: {
          ALLOWED_HOSTS:
            'auth-service,auth-service.auth-system,auth-service.auth-system.svc,auth-service.auth-system.svc.k8s.example.net',
          TRUSTED_PROXIES: '',
        },
      },
    },
  },
  {
    title: 'TLS Secrets of cert-manager, one for each host',
    clouds: ['gke', 'aks'],
    values: `
ingress:
  kind: ingress
  host: api.example.com
  hosts: [{ host: login.example.org, tlsSecretName: login-tls }]
  tlsSecretName: api-tls
  annotations: { cert-manager.io/issuer: internal-ca, external-dns.alpha.kubernetes.io/ttl: "60" }
`,
    output: {
      'ManagedCertificate/auth-service': null,
      'Ingress/auth-service-ingress': {
        metadata: {
          annotations: {
            'networking.gke.io/managed-certificates': null,
            'kubernetes.azure.com/tls-cert-keyvault-uri': null,
            'cert-manager.io/issuer': 'internal-ca',
            'external-dns.alpha.kubernetes.io/ttl': '60',
          },
        },
        spec: {
          tls: [
            { hosts: ['api.example.com'], secretName: 'api-tls' },
            { hosts: ['login.example.org'], secretName: 'login-tls' },
          ],
        },
      },
    },
  },
  {
    title: 'a certificate of Google for several hosts',
    clouds: ['gke'],
    values: 'ingress: { host: a.example.com, hosts: [{ host: b.example.com }] }',
    output: {
      'ManagedCertificate/auth-service': { spec: { domains: ['a.example.com', 'b.example.com'] } },
      'Ingress/auth-service-ingress': { spec: { tls: null } },
    },
  },
  {
    title: 'an internal load balancer of Google',
    clouds: ['gke'],
    values: `
ingress: { className: gce-internal }
gke:
  managedCertificate: false
  preSharedCertificate: internal
  address: 10.4.0.9
  loadBalancerCidrs: [10.129.0.0/23, 35.191.0.0/16, 130.211.0.0/22]
`,
    output: {
      'FrontendConfig/auth-service': null,
      'Ingress/auth-service-ingress': {
        metadata: {
          annotations: {
            'kubernetes.io/ingress.class': 'gce-internal',
            'kubernetes.io/ingress.regional-static-ip-name': 'auth-service',
            'kubernetes.io/ingress.global-static-ip-name': null,
            'kubernetes.io/ingress.allow-http': 'false',
            'networking.gke.io/v1beta1.FrontendConfig': null,
          },
        },
      },
    },
  },
];
