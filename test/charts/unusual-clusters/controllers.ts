import { clouds as allClouds } from '../../../charts-ts/values/schema-clouds.ts';
import type { UnusualCluster } from './cluster.ts';

/** What an Ingress of another controller must not have: annotations of the load balancers of the clouds. */
const noCloudAnnotations = {
  'alb.ingress.kubernetes.io/target-type': null,
  'kubernetes.io/ingress.class': null,
  'networking.gke.io/v1beta1.FrontendConfig': null,
  'kubernetes.azure.com/tls-cert-keyvault-uri': null,
};

type Controller = readonly [
  title: string,
  className: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  idleSeconds: number,
  keepAlive: string,
];

const nameLabel = 'app.kubernetes.io/name';

/** The labels of the charts of these controllers, their idle timeouts, and a keep-alive timeout above them. */
const controllers: readonly Controller[] = [
  ['Traefik', 'traefik', 'traefik', { [nameLabel]: 'traefik' }, 90, '100s'],
  ['HAProxy', 'haproxy', 'haproxy-controller', { [nameLabel]: 'kubernetes-ingress' }, 60, '75s'],
  ['Contour', 'contour', 'projectcontour', { app: 'envoy' }, 3600, '61m'],
  ['Kong', 'kong', 'kong', { [nameLabel]: 'gateway' }, 60, '75s'],
  ['ingress-nginx', 'nginx', 'ingress-nginx', { [nameLabel]: 'ingress-nginx' }, 60, '75s'],
];

/** One controller on every cloud shows that nothing of the cloud remains; the others differ in their values only. */
const rowOf = ([title, className, namespace, labels, idleSeconds, keepAlive]: Controller) => ({
  title: `${title} instead of the controller of the cloud`,
  clouds: title === 'Traefik' ? allClouds : (['gke'] as const),
  values: `
ingress:
  kind: ingress
  className: ${className}
  tlsSecretName: api-tls
  annotations: { cert-manager.io/cluster-issuer: letsencrypt }
  controller:
    peers: [{ namespace: ${namespace}, podLabels: ${JSON.stringify(labels)} }]
    trustedProxies: [10.244.0.0/16]
    idleTimeoutSeconds: ${idleSeconds}
rollout: { keepAliveTimeout: ${keepAlive} }
`,
  output: {
    'BackendConfig/auth-service': null,
    'FrontendConfig/auth-service': null,
    'ManagedCertificate/auth-service': null,
    'Gateway/auth-service-gateway': null,
    'Service/auth-service': { metadata: { annotations: null } },
    'Ingress/auth-service-ingress': {
      metadata: { annotations: { ...noCloudAnnotations, 'cert-manager.io/cluster-issuer': 'letsencrypt' } },
      spec: {
        ingressClassName: className,
        tls: [{ hosts: ['api.yourdomain.com'], secretName: 'api-tls' }],
        rules: [
          {
            host: 'api.yourdomain.com',
            http: {
              paths: [{ path: '/', backend: { service: { name: 'auth-service', port: { number: 8000 } } } }],
            },
          },
        ],
      },
    },
    'NetworkPolicy/auth-service-load-balancer': {
      spec: {
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
                podSelector: { matchLabels: labels },
              },
            ],
            ports: [{ port: 'http', protocol: 'TCP' }],
          },
        ],
      },
    },
    'ConfigMap/auth-service-config': { data: { TRUSTED_PROXIES: '10.244.0.0/16' } },
  },
});

/** Controllers that are not the cloud's own, on every cloud. */
export const otherControllers: readonly UnusualCluster[] = [
  ...controllers.map(rowOf),
  {
    title: 'a cluster of no cloud, which has nothing of what GKE needs',
    clouds: ['gke'],
    values: `
ingress:
  className: traefik
  controller: { peers: [{ namespace: kube-system }], trustedProxies: [10.42.0.0/16], idleTimeoutSeconds: 90 }
gke: { project: null, address: null, addressName: null, loadBalancerCidrs: [] }
`,
    output: { 'ConfigMap/auth-service-config': { data: { TRUSTED_PROXIES: '10.42.0.0/16' } } },
  },
  {
    title: 'a controller with the default certificate of its own',
    clouds: ['eks'],
    values: `
ingress:
  className: traefik
  controller: { peers: [{ namespace: traefik }], trustedProxies: [10.244.0.0/16], idleTimeoutSeconds: 60 }
eks: { certificateArn: null, loadBalancerCidrs: [] }
`,
    output: {
      'Ingress/auth-service-ingress': {
        spec: { tls: [{ hosts: ['api.yourdomain.com'], secretName: null }] },
      },
    },
  },
  {
    title: 'the gateway of Istio by the Gateway API',
    values: `
ingress:
  kind: gateway
  tlsSecretName: api-tls
  controller:
    peers: [{ podLabels: { gateway.networking.k8s.io/gateway-name: auth-service-gateway } }]
    trustedProxies: [10.244.0.0/16]
    idleTimeoutSeconds: 3600
gateway: { className: istio }
rollout: { keepAliveTimeout: 61m }
`,
    output: {
      'LoadBalancerConfiguration/auth-service-gateway': null,
      'TargetGroupConfiguration/auth-service': null,
      'HealthCheckPolicy/auth-service': null,
      'GCPBackendPolicy/auth-service': null,
      'Namespace/auth-gateway': null,
      'Gateway/auth-service-gateway': {
        metadata: { namespace: 'auth-system', annotations: null },
        spec: {
          gatewayClassName: 'istio',
          infrastructure: null,
          addresses: null,
          listeners: [
            { name: 'http', protocol: 'HTTP', port: 80, hostname: 'api.yourdomain.com' },
            {
              name: 'https',
              protocol: 'HTTPS',
              port: 443,
              tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'api-tls' }] },
            },
          ],
        },
      },
      'NetworkPolicy/auth-service-load-balancer': {
        spec: { ingress: [{ from: [{ namespaceSelector: null, podSelector: {} }] }] },
      },
    },
  },
  {
    title: 'Routes of OpenShift',
    clouds: ['aks'],
    values: `
ingress:
  kind: route
  hosts: [{ host: login.example.com, paths: [{ path: /api/v1 }], tlsSecretName: login-tls }]
  annotations: { haproxy.router.openshift.io/timeout: 900s }
  controller:
    peers: [{ namespaceSelector: { matchLabels: { policy-group.network.openshift.io/ingress: "" } } }]
    trustedProxies: [10.128.0.0/14]
    idleTimeoutSeconds: 60
`,
    output: {
      'Ingress/auth-service-ingress': null,
      'Gateway/auth-service-gateway': null,
      'Route/auth-service': {
        metadata: { annotations: { 'haproxy.router.openshift.io/timeout': '900s' } },
        spec: {
          host: 'api.yourdomain.com',
          path: null,
          to: { kind: 'Service', name: 'auth-service', weight: 100 },
          port: { targetPort: 'http' },
          tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect', externalCertificate: null },
        },
      },
      'Route/auth-service-route-2': {
        spec: {
          host: 'login.example.com',
          path: '/api/v1',
          tls: { externalCertificate: { name: 'login-tls' } },
        },
      },
    },
  },
];
