import { withCrdDefaults } from '../../../charts-ts/delivery/crd-defaults.ts';
import type { Manifest } from '../../../charts-ts/manifest.ts';

const gateway = 'gateway.networking.k8s.io/v1';
const secrets = 'external-secrets.io/v1';
const monitoring = 'monitoring.coreos.com/v1';
const aws = 'gateway.k8s.aws/v1';

const resource = (apiVersion: string, kind: string, spec: object): Manifest & { spec: object } => ({
  apiVersion,
  kind,
  metadata: { name: 'example', namespace: 'example' },
  spec,
});

const remoteRef = { key: 'a' };

/** Custom resources as an operator writes them, with lists and maps in which CRDs have defaults. */
const written: readonly Manifest[] = [
  resource(gateway, 'HTTPRoute', {
    parentRefs: [{ name: 'platform', namespace: 'gateways' }],
    hostnames: ['api.example.com'],
    rules: [
      {
        backendRefs: [
          {
            name: 'auth-service',
            port: 8000,
            filters: [
              { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'a', value: 'b' }] } },
            ],
          },
          { name: 'other', port: 8000, weight: 0 },
        ],
        filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'mirror', port: 80 } } }],
        matches: [{ headers: [{ name: 'a', value: 'b' }], queryParams: [{ name: 'a', value: 'b' }] }],
      },
      { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] },
    ],
  }),
  resource(gateway, 'Gateway', {
    gatewayClassName: 'example',
    addresses: [{ value: '192.0.2.1' }],
    listeners: [
      { name: 'http', port: 80, protocol: 'HTTP' },
      { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'auth-tls' }] } },
      { name: 'open', port: 8443, protocol: 'HTTPS', allowedRoutes: { namespaces: {} }, tls: {} },
    ],
  }),
  resource(secrets, 'ExternalSecret', {
    secretStoreRef: { name: 'store' },
    target: { template: { templateFrom: [{ configMap: { name: 'a', items: [{ key: 'b' }] } }] } },
    data: [{ secretKey: 'a', remoteRef }],
    dataFrom: [
      { extract: remoteRef },
      { find: { name: { regexp: '.*' } }, rewrite: [{ regexp: { source: 'a', target: 'b' } }] },
    ],
  }),
  ...['SecretStore', 'ClusterSecretStore'].flatMap((kind) => [
    resource(secrets, kind, {
      provider: {
        vault: {
          server: 'https://vault.example.com',
          path: 'secret',
          auth: { kubernetes: { mountPath: 'kubernetes', role: 'auth' } },
        },
      },
    }),
    resource(secrets, kind, { provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } }),
    resource(secrets, kind, { provider: { gcpsm: { projectID: 'a' } } }),
    resource(secrets, kind, { provider: { azurekv: { vaultUrl: 'https://a.vault.azure.net' } } }),
    resource(secrets, kind, {
      provider: { kubernetes: { remoteNamespace: 'a', server: {}, auth: { serviceAccount: { name: 'a' } } } },
    }),
  ]),
  resource(monitoring, 'ServiceMonitor', {
    selector: {},
    endpoints: [
      {
        port: 'metrics',
        relabelings: [{ sourceLabels: ['a'], targetLabel: 'b' }],
        metricRelabelings: [{ action: 'drop', sourceLabels: ['a'] }],
      },
    ],
  }),
  resource(monitoring, 'PodMonitor', {
    selector: {},
    podMetricsEndpoints: [{ port: 'metrics', relabelings: [{ targetLabel: 'b', replacement: 'c' }] }],
  }),
  resource(aws, 'LoadBalancerConfiguration', {
    listenerConfigurations: [
      { protocolPort: 'HTTPS:443', mutualAuthentication: { mode: 'off' } },
      { protocolPort: 'HTTP:80' },
    ],
  }),
  resource(aws, 'TargetGroupConfiguration', {
    targetReference: { name: 'auth-service' },
    defaultConfiguration: {
      healthCheckConfig: { matcher: { httpCode: '200' } },
      targetGroupAttributes: [{ key: 'a', value: 'b' }],
    },
  }),
  resource('keda.sh/v1alpha1', 'ScaledObject', {
    scaleTargetRef: { name: 'auth-service' },
    triggers: [
      { type: 'prometheus', metadata: { serverAddress: 'http://prometheus', query: 'up', threshold: '1' } },
    ],
  }),
  resource('cilium.io/v2', 'CiliumNetworkPolicy', {
    endpointSelector: { matchLabels: { app: 'auth-service' } },
    egress: [
      { toFQDNs: [{ matchName: 'a.example.com' }], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] },
    ],
  }),
  resource('cert-manager.io/v1', 'Certificate', {
    secretName: 'auth-tls',
    dnsNames: ['api.example.com'],
    issuerRef: { name: 'letsencrypt' },
    keystores: { pkcs12: { create: true, passwordSecretRef: { name: 'a' } } },
  }),
  resource('networking.gke.io/v1', 'HealthCheckPolicy', {
    targetRef: { group: '', kind: 'Service', name: 'auth-service' },
    default: { config: { type: 'HTTP', httpHealthCheck: { port: 8000 } } },
  }),
  resource('networking.gke.io/v1', 'GCPBackendPolicy', {
    targetRef: { group: '', kind: 'Service', name: 'auth-service' },
    default: { logging: { enabled: true }, sessionAffinity: { type: 'CLIENT_IP' } },
  }),
];

/** As the charts write them. */
export const customResources = (version: 'oldest' | 'newest'): Manifest[] =>
  withCrdDefaults([{ name: 'written', objects: written }], version).flatMap(({ objects }) => objects);
