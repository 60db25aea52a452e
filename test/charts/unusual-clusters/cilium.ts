import type { UnusualCluster } from './cluster.ts';

const dns = {
  toPorts: [
    {
      ports: [
        { port: '53', protocol: 'UDP' },
        { port: '53', protocol: 'TCP' },
      ],
      rules: { dns: [{ matchPattern: '*' }] },
    },
  ],
};

/** Clusters with Cilium, whose policies know names and entities. */
export const cilium: readonly UnusualCluster[] = [
  {
    title: 'Postgres, Redis and an API by name',
    clouds: ['eks'],
    values: `
networkPolicy:
  dnsCidrs: []
  cilium: { enabled: true }
  extraEgress: [{ peers: [{ fqdn: api.pwnedpasswords.com }, { cidr: 192.0.2.0/24 }], port: 443 }]
database: { peers: [{ fqdn: auth.cluster-abc.eu-central-1.rds.amazonaws.com }] }
redis: { peers: [{ fqdn: "*.cache.amazonaws.com" }, { cidr: "2001:db8:7::/64" }] }
`,
    output: {
      // Kubernetes cannot express a name. A rule without peers would allow every destination.
      'NetworkPolicy/auth-service-pods': {
        spec: {
          egress: [
            { ports: [{ port: 53 }, { port: 53 }] },
            { to: [{ ipBlock: { cidr: '2001:db8:7::/64' } }], ports: [{ port: 6379 }] },
            { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443 }] },
          ],
        },
      },
      'CiliumNetworkPolicy/auth-service-load-balancer': null,
      'CiliumNetworkPolicy/auth-service-pods': {
        spec: {
          ingress: null,
          egress: [
            {
              toEndpoints: [
                {
                  matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system' },
                  matchExpressions: [
                    { key: 'k8s:k8s-app', operator: 'In', values: ['kube-dns', 'coredns', 'node-local-dns'] },
                  ],
                },
              ],
              ...dns,
            },
            {
              toFQDNs: [{ matchName: 'auth.cluster-abc.eu-central-1.rds.amazonaws.com' }],
              toPorts: [{ ports: [{ port: '5432', protocol: 'TCP' }] }],
            },
            {
              toFQDNs: [{ matchPattern: '*.cache.amazonaws.com' }],
              toPorts: [{ ports: [{ port: '6379', protocol: 'TCP' }] }],
            },
            {
              toFQDNs: [{ matchName: 'api.pwnedpasswords.com' }],
              toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
            },
          ],
        },
      },
    },
  },
  {
    title: 'DNS by addresses, and by pods of labelled namespaces',
    clouds: ['gke'],
    values: `
networkPolicy:
  dnsCidrs: [169.254.20.10/32]
  dns: { peers: [{ namespaceSelector: { matchLabels: { role: dns } }, podSelector: { matchLabels: { app: dns } } }] }
  cilium: { enabled: true }
database: { peers: [{ fqdn: db.example.com }] }
`,
    output: {
      'CiliumNetworkPolicy/auth-service-pods': {
        spec: {
          egress: [
            {
              toEndpoints: [
                { matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.role': 'dns', 'k8s:app': 'dns' } },
              ],
              ...dns,
            },
            { toCIDRSet: [{ cidr: '169.254.20.10/32' }], ...dns },
            { toFQDNs: [{ matchName: 'db.example.com' }] },
          ],
        },
      },
    },
  },
  {
    title: 'the Gateway API of Cilium, whose proxies are an entity and no pods',
    clouds: ['eks'],
    values: `
ingress:
  kind: gateway
  tlsSecretName: api-tls
  controller:
    peers: [{ entity: ingress }]
    trustedProxies: [10.244.0.0/16]
    idleTimeoutSeconds: 3600
gateway: { className: cilium }
rollout: { keepAliveTimeout: 61m }
networkPolicy:
  cilium: { enabled: true }
  prometheus: [{ entity: remote-node }, { namespace: monitoring }]
`,
    output: {
      'Gateway/auth-service-gateway': { spec: { gatewayClassName: 'cilium' } },
      'NetworkPolicy/auth-service-load-balancer': null,
      'CiliumNetworkPolicy/auth-service-load-balancer': {
        spec: {
          endpointSelector: { matchLabels: { app: 'auth-service' } },
          egress: null,
          ingress: [{ fromEntities: ['ingress'], toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] }],
        },
      },
      'CiliumNetworkPolicy/auth-service-pods': {
        spec: {
          egress: null,
          ingress: [
            { fromEntities: ['remote-node'], toPorts: [{ ports: [{ port: 'metrics', protocol: 'TCP' }] }] },
          ],
        },
      },
    },
  },
  {
    title: 'an object store by name for the backups alone',
    clouds: ['eks'],
    values: `
networkPolicy: { cilium: { enabled: true } }
backup:
  enabled: true
  remote: store:backups
  identity: arn:aws:iam::123456789012:role/backup
  rclone: { RCLONE_CONFIG_STORE_TYPE: s3 }
  egress: [{ peers: [{ fqdn: backups.s3.eu-central-1.amazonaws.com }, { fqdn: sts.eu-central-1.amazonaws.com }], port: 443 }]
`,
    output: {
      'CiliumNetworkPolicy/auth-service-pods': null,
      'CiliumNetworkPolicy/auth-service-backup-pods': {
        spec: {
          endpointSelector: {
            matchExpressions: [
              { key: 'app.kubernetes.io/component', operator: 'In', values: ['backup', 'drill', 'restore'] },
            ],
          },
          egress: [
            { toEndpoints: [{}], ...dns },
            { toCIDRSet: [{}, {}, {}], ...dns },
            {
              toFQDNs: [
                { matchName: 'backups.s3.eu-central-1.amazonaws.com' },
                { matchName: 'sts.eu-central-1.amazonaws.com' },
              ],
              toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
            },
          ],
        },
      },
    },
  },
];
