import type { UnusualCluster } from './cluster.ts';

/** Services that others than pods reach, without an Ingress or a Gateway. */
export const publicServices: readonly UnusualCluster[] = [
  {
    title: 'a load balancer of a class of its own, for some addresses',
    clouds: ['aks'],
    values: `
ingress: { kind: none }
service:
  type: LoadBalancer
  port: 443
  loadBalancerClass: service.k8s.aws/nlb
  loadBalancerSourceRanges: [192.0.2.0/24]
  externalTrafficPolicy: Local
  annotations: { service.beta.kubernetes.io/aws-load-balancer-scheme: internal }
networkPolicy: { nodeCidrs: [10.9.0.0/16] }
trustedProxies: [10.8.0.0/20]
`,
    output: {
      'Service/auth-service': {
        metadata: { annotations: null },
        spec: {
          type: 'ClusterIP',
          ports: [{ name: 'http', port: 443, targetPort: 'http' }, { name: 'metrics' }],
        },
      },
      'Service/auth-service-public': {
        metadata: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' } },
        spec: {
          type: 'LoadBalancer',
          loadBalancerClass: 'service.k8s.aws/nlb',
          loadBalancerSourceRanges: ['192.0.2.0/24'],
          externalTrafficPolicy: 'Local',
          selector: { app: 'auth-service' },
          ports: [{ name: 'http', port: 443, targetPort: 'http', protocol: 'TCP', nodePort: null }],
        },
      },
      'NetworkPolicy/auth-service-callers': {
        spec: {
          ingress: [
            {
              from: [{ ipBlock: { cidr: '192.0.2.0/24' } }, { ipBlock: { cidr: '10.9.0.0/16' } }],
              ports: [{ port: 'http', protocol: 'TCP' }],
            },
          ],
        },
      },
      'ConfigMap/auth-service-config': { data: { TRUSTED_PROXIES: '10.8.0.0/20', PORT: '8000' } },
    },
  },
  {
    title: 'a port of every node, for a load balancer outside of the cluster',
    clouds: ['gke'],
    values: 'ingress: { kind: none }\nservice: { type: NodePort, nodePort: 30800 }',
    output: {
      'Service/auth-service-public': {
        spec: { type: 'NodePort', ports: [{ port: 8000, nodePort: 30_800 }] },
      },
      'NetworkPolicy/auth-service-callers': {
        spec: { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }] }] },
      },
    },
  },
  {
    title: 'another port of the Service, to which Ingress and routes follow',
    clouds: ['eks'],
    values: 'service: { port: 80, annotations: { prometheus.io/port: "9464" } }',
    output: {
      'Service/auth-service': {
        metadata: { annotations: { 'prometheus.io/port': '9464' } },
        spec: { ports: [{ port: 80, targetPort: 'http' }, { port: 9464 }] },
      },
      'Service/auth-service-public': null,
      'Ingress/auth-service-ingress': {
        spec: { rules: [{ http: { paths: [{ backend: { service: { port: { number: 80 } } } }] } }] },
      },
    },
  },
  {
    title: 'another port of the Service, to which the routes of a Gateway follow',
    clouds: ['aks'],
    values: 'service: { port: 80 }',
    output: { 'HTTPRoute/auth-service': { spec: { rules: [{ backendRefs: [{ port: 80 }] }] } } },
  },
  {
    title: 'fields of a load balancer without one',
    clouds: ['eks'],
    values:
      'service: { nodePort: 30800, externalTrafficPolicy: Local, loadBalancerClass: x, loadBalancerSourceRanges: [192.0.2.0/24] }',
    refused: [
      'service.loadBalancerClass: must be removed, because service.type is ClusterIP',
      'service.loadBalancerSourceRanges: must be removed, because service.type is ClusterIP',
      'service.externalTrafficPolicy: must be removed, because service.type is ClusterIP',
      'service.nodePort: must be removed, because service.type is ClusterIP',
    ],
  },
];
