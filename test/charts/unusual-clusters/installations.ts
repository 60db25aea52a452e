import type { UnusualCluster } from './cluster.ts';

const arn = 'eks: { secretsRoleArn: "arn:aws:iam::123456789012:role/auth" }';
const account = 'gke: { secretsServiceAccount: auth@your-project.iam.gserviceaccount.com }';
const sharedSecret = 'jwt: { algorithm: HS256 }';

/** Several installations in one cluster, and in one namespace. */
export const installations: readonly UnusualCluster[] = [
  {
    title: 'staging beside production in one namespace',
    values: 'name: staging\nnamespace: { name: auth-system, create: false }',
    output: {
      'Namespace/auth-system': null,
      'PriorityClass/auth-service': null,
      'PriorityClass/staging.auth-system': { value: 100_000 },
      'Deployment/staging': {
        metadata: {
          labels: { 'app.kubernetes.io/name': 'auth-service', 'auth-service/installation': 'staging' },
        },
        spec: {
          selector: { matchLabels: { app: 'staging' } },
          template: {
            metadata: { labels: { app: 'staging', 'auth-service/installation': 'staging' } },
            spec: { priorityClassName: 'staging.auth-system', serviceAccountName: 'staging' },
          },
        },
      },
      'Service/staging': { spec: { selector: { app: 'staging' } } },
      'PodDisruptionBudget/staging': { spec: { selector: { matchLabels: { app: 'staging' } } } },
      'HorizontalPodAutoscaler/staging-hpa': { spec: { scaleTargetRef: { name: 'staging' } } },
      'CronJob/staging-purge': {
        spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: 'staging-purge' } } } } } },
      },
      'ConfigMap/staging-further-public-keys': {},
      'ConfigMap/auth-jwt-public-keys': null,
      'ServiceMonitor/staging': {
        spec: {
          selector: {
            matchLabels: { 'auth-service/installation': 'staging', 'app.kubernetes.io/component': 'api' },
          },
        },
      },
    },
  },
  {
    title: 'staging in a namespace of its own, with the name of production',
    clouds: ['eks'],
    values: 'namespace: { name: auth-staging }',
    output: {
      'PriorityClass/auth-service': null,
      'PriorityClass/auth-service.auth-staging': {},
      'Deployment/auth-service': {
        metadata: { namespace: 'auth-staging' },
        spec: { template: { spec: { priorityClassName: 'auth-service.auth-staging' } } },
      },
    },
  },
  {
    title: 'staging beside production, each with a Gateway',
    clouds: ['aks'],
    values: 'namespace: { name: auth-staging }',
    output: {
      'Namespace/auth-gateway': null,
      'Namespace/auth-service-gateway-37b02789': {},
      'Gateway/auth-service-37b02789': { metadata: { namespace: 'auth-service-gateway-37b02789' } },
      'ServiceAccount/auth-service-37b02789-tls': {
        metadata: { namespace: 'auth-service-gateway-37b02789' },
      },
      'HTTPRoute/auth-service': {
        spec: {
          parentRefs: [{ name: 'auth-service-37b02789', namespace: 'auth-service-gateway-37b02789' }],
        },
      },
    },
  },
  {
    title: 'Gateways of several installations in one namespace',
    clouds: ['aks'],
    values: 'name: staging\naks: { gatewayNamespace: gateways, createGatewayNamespace: false }',
    output: {
      'Namespace/gateways': null,
      'Gateway/staging-2d49cf55': { metadata: { namespace: 'gateways' } },
    },
  },
  {
    title: 'an upgrade of the installation of the guide, which keeps its names and its public address',
    clouds: ['aks'],
    values: 'name: auth-service\nnamespace: { name: auth-system }',
    output: {
      // A default of the API server, which it does not return.
      'PriorityClass/auth-service': { globalDefault: null },
      'Deployment/auth-service': { spec: { selector: { matchLabels: { app: 'auth-service' } } } },
      'Namespace/auth-gateway': {},
      'Gateway/auth-service-gateway': { metadata: { namespace: 'auth-gateway' } },
      'ServiceAccount/auth-service-gateway-tls': { metadata: { namespace: 'auth-gateway' } },
    },
  },
  {
    title: 'secrets of two installations in one store',
    clouds: ['eks'],
    values: `name: staging\nsecrets: { source: external }\n${sharedSecret}\n${arn}`,
    output: {
      'ExternalSecret/auth-secrets': null,
      'ExternalSecret/staging-credentials': {
        spec: {
          target: { name: 'staging-credentials' },
          secretStoreRef: { name: 'staging-secrets' },
          data: [
            { secretKey: 'db-url', remoteRef: { key: 'auth-system/staging/db-url' } },
            { secretKey: 'redis-url', remoteRef: { key: 'auth-system/staging/redis-url' } },
            { secretKey: 'jwt-secret', remoteRef: { key: 'auth-system/staging/jwt-secret' } },
          ],
        },
      },
      'ExternalSecret/staging-owner-role': {
        spec: {
          data: [{ secretKey: 'db-owner-url', remoteRef: { key: 'auth-system/staging/db-owner-url' } }],
        },
      },
    },
  },
  {
    title: 'a store whose names have no slash',
    clouds: ['gke'],
    values: `namespace: { name: auth-staging }\nsecrets: { source: external }\n${account}`,
    output: {
      'ExternalSecret/auth-owner-secrets': {
        spec: { data: [{ remoteRef: { key: 'auth-staging--auth-service-db-owner-url' } }] },
      },
    },
  },
  {
    title: 'names of Secrets of its own, and one role of Postgres for everything',
    clouds: ['eks'],
    values: `name: staging\nsecrets: { source: external, name: mine, ownerName: null, external: { prefix: team/ } }\n${sharedSecret}\n${arn}`,
    output: {
      'ExternalSecret/staging-owner-role': null,
      'ExternalSecret/mine': {
        spec: {
          data: [
            { remoteRef: { key: 'team/db-url' } },
            { remoteRef: { key: 'team/redis-url' } },
            { remoteRef: { key: 'team/jwt-secret' } },
          ],
        },
      },
    },
  },
  {
    title: 'a Service that prefers the node of the client',
    clouds: ['eks'],
    values: 'kubernetesVersion: newest\nservice: { trafficDistribution: PreferSameNode }',
    output: { 'Service/auth-service': { spec: { trafficDistribution: 'PreferSameNode' } } },
  },
  ...[
    [
      'in upper case',
      'Staging',
      'must begin with a lower case letter, and contain only lower case letters, digits and -',
    ],
    ['that is longer than those of CronJobs allow', 'a'.repeat(37), 'must have at most 36 characters'],
    ['that contains the separator', 'a--b', 'must not contain --, which separates it from the namespace'],
    ['that Kubernetes reserves', 'system-auth', 'must not begin with system-, which Kubernetes reserves'],
    [
      'of the backups of another installation',
      'auth-service-backup',
      'must not end with -backup, because an installation called auth-service has objects of this name',
    ],
    [
      'of a Job of another installation',
      'a-migrate-0123456789',
      'must not end with -migrate-0123456789, because an installation called a has objects of this name',
    ],
    ['that is missing', 'null', 'is required'],
  ].map(
    ([title, name, message]): UnusualCluster => ({
      title: `a name ${title}`,
      clouds: ['eks'],
      values: `name: ${name}`,
      refused: [`name: ${message}`],
    }),
  ),
];
