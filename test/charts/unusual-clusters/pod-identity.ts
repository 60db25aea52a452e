import type { UnusualCluster } from './cluster.ts';

const podOf = (spec: object) => ({ 'Deployment/auth-service': { spec: { template: { spec } } } });
const jobOf = (spec: object) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } });

/** The ServiceAccounts and the rights of the pods. */
export const podIdentity: readonly UnusualCluster[] = [
  {
    title: 'ServiceAccounts that exist already',
    values: `serviceAccount: { create: false, name: platform-auth }
backup:
  enabled: true
  claim: auth-backups
  serviceAccount: { create: false, name: platform-backup }`,
    output: {
      'ServiceAccount/auth-service': null,
      'ServiceAccount/auth-service-backup': null,
      ...podOf({ serviceAccountName: 'platform-auth', automountServiceAccountToken: false }),
      'CronJob/auth-service-purge': jobOf({ serviceAccountName: 'platform-auth' }),
      'CronJob/auth-service-backup': jobOf({ serviceAccountName: 'platform-backup' }),
    },
    clouds: ['eks'],
  },
  {
    title: 'a ServiceAccount with another name, a pull Secret and a token for a Vault agent',
    values: `serviceAccount:
  name: auth
  annotations: { example.com/owner: identity }
  imagePullSecrets: [registry]
  automount: true`,
    output: {
      'ServiceAccount/auth': {
        metadata: { annotations: { 'example.com/owner': 'identity' } },
        automountServiceAccountToken: true,
        imagePullSecrets: [{ name: 'registry' }],
      },
      ...podOf({ serviceAccountName: 'auth', automountServiceAccountToken: true }),
    },
    clouds: ['aks'],
  },
  {
    title: 'a reader of the secret store with another name',
    values: `secrets:
  source: external
  external:
    serviceAccount:
      name: secret-reader
      labels: { audited: "yes" }
      annotations: { example.com/owner: identity }
      imagePullSecrets: [registry]
      automount: true
eks: { secretsRoleArn: "arn:aws:iam::123456789012:role/auth" }`,
    output: {
      'ServiceAccount/secret-reader': {
        metadata: {
          annotations: {
            'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/auth',
            'example.com/owner': 'identity',
          },
          labels: { audited: 'yes' },
        },
        automountServiceAccountToken: true,
        imagePullSecrets: [{ name: 'registry' }],
      },
      'SecretStore/auth-service-secrets': {
        spec: { provider: { aws: { auth: { jwt: { serviceAccountRef: { name: 'secret-reader' } } } } } },
      },
    },
    clouds: ['eks'],
  },
  {
    title: 'a reader of the secret store that exists already, and a token for backups',
    values: `secrets:
  source: external
  external: { serviceAccount: { create: false, name: secret-reader } }
eks: { secretsRoleArn: "arn:aws:iam::123456789012:role/auth" }
backup:
  enabled: true
  claim: auth-backups
  serviceAccount:
    name: backups
    labels: { audited: "yes" }
    annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/backup" }
    imagePullSecrets: [registry]
    automount: true`,
    output: {
      'ServiceAccount/secret-reader': null,
      'ServiceAccount/auth-service-secrets': null,
      'ServiceAccount/backups': {
        metadata: {
          labels: { audited: 'yes' },
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/backup' },
        },
        imagePullSecrets: [{ name: 'registry' }],
      },
      'CronJob/auth-service-backup': jobOf({
        serviceAccountName: 'backups',
        automountServiceAccountToken: true,
      }),
      'CronJob/auth-service-purge': jobOf({ automountServiceAccountToken: false }),
    },
    clouds: ['eks'],
  },
  {
    title: 'no name for a ServiceAccount that exists, the default one, and one for two purposes',
    values: `serviceAccount: { create: false }
backup: { serviceAccount: { name: auth-service } }
secrets: { external: { serviceAccount: { name: default } } }`,
    refused: [
      'serviceAccount.name: must name a ServiceAccount that exists, because serviceAccount.create is false',
      'backup.serviceAccount.name: must not be auth-service, the name of serviceAccount: each has rights that the other must not have',
      'secrets.external.serviceAccount.name: must not be default, which every pod of the namespace has that names no other',
    ],
    clouds: ['gke'],
  },
  {
    title: 'OpenShift, which assigns user and group',
    values:
      'openshift: true\nsidecars: [{ name: agent, image: "agent:1", resources: { requests: { cpu: 10m, memory: 16Mi, ephemeral-storage: 1Mi }, limits: { cpu: 10m, memory: 16Mi, ephemeral-storage: 1Mi } } }]',
    output: {
      ...podOf({
        securityContext: {
          runAsUser: null,
          runAsGroup: null,
          fsGroup: null,
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            securityContext: {
              runAsUser: null,
              runAsGroup: null,
              runAsNonRoot: true,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              seccompProfile: { type: 'RuntimeDefault' },
            },
          },
          { name: 'agent', securityContext: { runAsUser: null, readOnlyRootFilesystem: true } },
        ],
        initContainers: [{ securityContext: { runAsUser: null, runAsGroup: null } }],
      }),
      'CronJob/auth-service-purge': jobOf({ securityContext: { runAsUser: null, fsGroup: null } }),
    },
    clouds: ['eks'],
  },
  {
    title: 'another user, SELinux options and supplemental groups',
    values: `podSecurityContext:
  runAsUser: 20001
  supplementalGroups: [20002]
  seLinuxOptions: { level: "s0:c123,c456" }
containerSecurityContext: { runAsUser: 20001 }`,
    output: podOf({
      securityContext: {
        runAsUser: 20001,
        runAsGroup: 10001,
        supplementalGroups: [20002],
        seLinuxOptions: { level: 's0:c123,c456' },
      },
      containers: [{ securityContext: { runAsUser: 20001, runAsGroup: 10001 } }],
    }),
    clouds: ['gke'],
  },
  {
    title: 'a root file system that is not read-only, which the gate refuses',
    values: 'containerSecurityContext: { readOnlyRootFilesystem: false }',
    refused: [
      '31-deployment.yaml Deployment/auth-service: container migrate',
      '31-deployment.yaml Deployment/auth-service: container auth-service',
      '31-deployment.yaml Deployment/auth-service: container port-keeper',
      '40-purge.yaml CronJob/auth-service-purge: container purge',
    ].map(
      (container) =>
        `${container} must set securityContext.readOnlyRootFilesystem: true [read-only-root: KSV-0014, CKV_K8S_22, C-0017, polaris notReadOnlyRootFilesystem, kube-linter no-read-only-root-fs]`,
    ),
    clouds: ['eks'],
  },
  {
    title: 'misspelt fields of security contexts',
    values: `podSecurityContext: { fsGroups: 1 }
containerSecurityContext: { readOnlyRootFileSystem: true }`,
    refused: [
      'podSecurityContext.fsGroups: is not a known field',
      'containerSecurityContext.readOnlyRootFileSystem: is not a known field',
    ],
    clouds: ['eks'],
  },
];
