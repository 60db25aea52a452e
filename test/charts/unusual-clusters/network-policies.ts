import type { UnusualCluster } from './cluster.ts';

const clouds = ['eks'] as const;
const policy = (name: string, spec: object) => ({ [`NetworkPolicy/auth-service-${name}`]: { spec } });

/** Who may connect to the pods of the installation. */
export const networkPolicies: readonly UnusualCluster[] = [
  {
    title: 'a shared namespace, whose other pods the default deny leaves alone',
    clouds,
    values: 'namespace: { name: platform, create: false }',
    output: {
      'NetworkPolicy/default-deny': null,
      'NetworkPolicy/auth-service': null,
      ...policy('default-deny', { policyTypes: ['Ingress', 'Egress'], ingress: null, egress: null }),
    },
  },
  {
    title: 'a namespace of its own, all pods of which are denied everything else',
    clouds,
    values: 'networkPolicy: { defaultDeny: namespace }',
    output: policy('default-deny', { podSelector: { matchLabels: null, matchExpressions: null } }),
  },
  {
    title: 'callers inside the cluster, and no way in from outside',
    clouds: ['gke'],
    values: `
ingress: { kind: none }
networkPolicy:
  callers:
    - { namespace: shop, podLabels: { app: checkout } }
    - { podLabels: { app: console } }
    - namespaceSelector: { matchExpressions: [{ key: team, operator: In, values: [payments, fraud] }] }
    - { cidr: 10.60.0.0/16, except: [10.60.9.0/24] }
`,
    output: {
      'NetworkPolicy/auth-service-load-balancer': null,
      ...policy('callers', {
        podSelector: { matchLabels: { app: 'auth-service' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
                podSelector: { matchLabels: { app: 'checkout' } },
              },
              { namespaceSelector: null, podSelector: { matchLabels: { app: 'console' } } },
              {
                namespaceSelector: {
                  matchExpressions: [{ key: 'team', operator: 'In', values: ['payments', 'fraud'] }],
                },
                podSelector: null,
              },
              { ipBlock: { cidr: '10.60.0.0/16', except: ['10.60.9.0/24'] } },
            ],
            ports: [{ port: 'http', protocol: 'TCP' }],
          },
        ],
      }),
    },
  },
  {
    title: 'callers inside the cluster beside the load balancer',
    clouds,
    values: 'networkPolicy: { callers: [{ namespaceSelector: {} }] }',
    output: {
      ...policy('load-balancer', { ingress: [{ from: [{ ipBlock: {} }, { ipBlock: {} }] }] }),
      ...policy('callers', { ingress: [{ from: [{ namespaceSelector: {}, podSelector: null }] }] }),
    },
  },
  {
    title: 'a Prometheus with labels of its own, without the default label',
    clouds,
    values: `
networkPolicy:
  prometheus: [{ namespace: observability, podLabels: { app: vmagent } }, { namespace: gmp-system }]
`,
    output: policy('pods', {
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } },
              podSelector: { matchLabels: { app: 'vmagent', 'app.kubernetes.io/name': null } },
            },
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gmp-system' } },
              podSelector: null,
            },
          ],
          ports: [{ port: 'metrics', protocol: 'TCP' }],
        },
      ],
    }),
  },
  {
    title: 'a Prometheus in the old form, whose labels were merged with the default',
    clouds,
    values: 'networkPolicy: { prometheus: { namespace: observability } }',
    refused: ['networkPolicy.prometheus: must be a list'],
  },
  {
    title: 'nobody who scrapes, which must not become everybody',
    clouds,
    values: 'networkPolicy: { prometheus: [] }',
    output: policy('pods', {
      ingress: [{ from: [{ namespaceSelector: null, podSelector: {}, ipBlock: null }] }],
    }),
  },
  {
    title: 'a monitoring agent on the nodes',
    clouds,
    values: 'networkPolicy: { prometheus: [], nodeCidrs: [10.9.0.0/16] }',
    output: policy('pods', { ingress: [{ from: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }] }),
  },
];
