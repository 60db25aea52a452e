import type { UnusualCluster } from './cluster.ts';

const group = 'gateway.networking.k8s.io';
const shared = { group, kind: 'Gateway', name: 'shared', namespace: 'infra', sectionName: 'https' };
const backendRefs = [{ group: '', kind: 'Service', name: 'auth-service', port: 8000, weight: 1 }];

/** Gateways of others, to which the routes attach. */
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
];
