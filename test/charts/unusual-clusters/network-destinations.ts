import type { UnusualCluster } from './cluster.ts';

const clouds = ['eks'] as const;
const policy = (name: string, spec: object) => ({ [`NetworkPolicy/auth-service-${name}`]: { spec } });
const dnsPorts = [
  { port: 53, protocol: 'UDP' },
  { port: 53, protocol: 'TCP' },
];

/** Where the pods of the installation may connect to. */
export const networkDestinations: readonly UnusualCluster[] = [
  {
    title: 'stores as full peers of Kubernetes',
    clouds,
    values: `
database:
  peers:
    - ipBlock: { cidr: 10.20.0.0/16, except: [10.20.3.0/24, 10.20.4.0/24] }
    - podSelector: { matchExpressions: [{ key: cnpg.io/cluster, operator: Exists }] }
redis:
  peers:
    - namespaceSelector: { matchLabels: { tier: data } }
      podSelector: { matchLabels: { app: redis } }
    - { cidr: "2001:db8:7::/48", except: ["2001:db8:7:1::/64"] }
`,
    output: policy('pods', {
      egress: [
        {},
        {
          to: [
            { ipBlock: { cidr: '10.20.0.0/16', except: ['10.20.3.0/24', '10.20.4.0/24'] } },
            {
              namespaceSelector: null,
              podSelector: { matchExpressions: [{ key: 'cnpg.io/cluster', operator: 'Exists' }] },
            },
          ],
          ports: [{ port: 5432, protocol: 'TCP' }],
        },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { tier: 'data' } },
              podSelector: { matchLabels: { app: 'redis' } },
            },
            { ipBlock: { cidr: '2001:db8:7::/48', except: ['2001:db8:7:1::/64'] } },
          ],
          ports: [{ port: 6379, protocol: 'TCP' }],
        },
      ],
    }),
  },
  {
    title: 'further destinations by UDP, SCTP, ranges and names of ports',
    clouds,
    values: `
networkPolicy:
  extraEgress:
    - { peers: [{ cidr: 192.0.2.0/24 }], port: 443 }
    - peers: [{ namespace: telemetry }]
      ports: [{ port: 8125, protocol: UDP }, { port: 30000, endPort: 30100 }, { port: otlp-grpc }, { protocol: SCTP }]
`,
    output: policy('pods', {
      egress: [
        {},
        {},
        {},
        { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443, protocol: 'TCP' }] },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'telemetry' } } }],
          ports: [
            { port: 8125, protocol: 'UDP', endPort: null },
            { port: 30_000, endPort: 30_100, protocol: 'TCP' },
            { port: 'otlp-grpc', protocol: 'TCP' },
            { port: null, protocol: 'SCTP' },
          ],
        },
      ],
    }),
  },
  {
    title: 'Istio in ambient mode, whose tunnels and probes have a port and an address of their own',
    clouds,
    values: `
networkPolicy:
  nodeCidrs: [169.254.7.127/32]
  extraIngress: [{ peers: [{ namespaceSelector: {} }], ports: [{ port: 15008 }] }]
  extraEgress: [{ peers: [{ namespaceSelector: {} }], ports: [{ port: 15008 }] }]
`,
    output: policy('pods', {
      ingress: [
        { from: [{ namespaceSelector: {} }, { ipBlock: { cidr: '169.254.7.127/32' } }] },
        { from: [{ namespaceSelector: {} }], ports: [{ port: 15_008, protocol: 'TCP' }] },
      ],
      egress: [{}, {}, {}, { to: [{ namespaceSelector: {} }], ports: [{ port: 15_008, protocol: 'TCP' }] }],
    }),
  },
  {
    title: 'a collector of traces in the same namespace',
    clouds,
    values: 'networkPolicy: { otlp: { enabled: true, port: 4317, peers: [{ podLabels: { app: otel } }] } }',
    output: policy('otlp', {
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'otel' } } }], ports: [{ port: 4317 }] }],
    }),
  },
  {
    title: 'DNS of OpenShift, which listens on another port',
    clouds,
    values: `
networkPolicy:
  dnsCidrs: []
  dns:
    peers: [{ namespace: openshift-dns, podLabels: { dns.operator.openshift.io/daemonset-dns: default } }]
    ports: [{ port: 5353, protocol: UDP }, { port: 5353, protocol: TCP }]
`,
    output: policy('pods', {
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } },
              podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
            },
          ],
          ports: [
            { port: 5353, protocol: 'UDP' },
            { port: 5353, protocol: 'TCP' },
          ],
        },
        {},
        {},
      ],
    }),
  },
  ...(
    [
      [
        'gke',
        'NodeLocal DNSCache as pods and on the node, and Cloud DNS',
        ['169.254.20.10/32', '169.254.169.254/32'],
      ],
      [
        'eks',
        'NodeLocal DNSCache, and the DNS of Auto Mode',
        ['169.254.20.10/32', '172.20.0.10/32', '10.100.0.10/32'],
      ],
      ['aks', 'LocalDNS', ['169.254.10.10/32', '169.254.10.11/32']],
    ] as const
  ).map(
    ([cloud, what, cidrs]): UnusualCluster => ({
      title: `${what}, without a value`,
      clouds: [cloud],
      values: '{}',
      output: policy('pods', {
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
                podSelector: {
                  matchExpressions: [
                    { key: 'k8s-app', operator: 'In', values: ['kube-dns', 'coredns', 'node-local-dns'] },
                  ],
                },
              },
              ...cidrs.map((cidr) => ({ ipBlock: { cidr } })),
            ],
            ports: dnsPorts,
          },
          {},
          {},
        ],
      }),
    }),
  ),
  {
    title: 'backups to an object store by a range of ports',
    clouds,
    values: `
backup:
  enabled: true
  remote: store:backups
  identity: arn:aws:iam::123456789012:role/backup
  rclone: { RCLONE_CONFIG_STORE_TYPE: s3 }
  egress: [{ peers: [{ ipBlock: { cidr: 10.70.0.0/24 } }], ports: [{ port: 9000, endPort: 9003 }] }]
`,
    output: policy('backup-pods', {
      egress: [
        {},
        {},
        {
          to: [{ ipBlock: { cidr: '10.70.0.0/24' } }],
          ports: [{ port: 9000, endPort: 9003, protocol: 'TCP' }],
        },
      ],
    }),
  },
];
