import type { PlainValues } from './values.ts';
import { cloudValues, host, registries, runbooks } from './values.ts';

/** One set of values whose objects the API server must accept. */
export interface Variant {
  readonly name: string;
  readonly cloud: keyof typeof cloudValues;
  readonly values: PlainValues;
}

const networks = [{ cidr: '10.41.0.0/20' }];

/** Jobs and CronJobs of each kind. */
const allJobs = {
  migrations: { mode: 'job' },
  administrator: { email: 'jane@example.com', username: 'jane.doe' },
  backup: {
    ...{ enabled: true, remote: 'store:bucket', hasRcloneFile: true, drill: { enabled: true } },
    ageRecipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
    egress: [{ port: 443, peers: [{ cidr: '198.18.0.0/15' }] }],
  },
};

const external = {
  eks: { eks: { secretsRoleArn: 'arn:aws:iam::210987654321:role/auth-secrets' } },
  gke: { gke: { secretsServiceAccount: 'auth-secrets@e2e-4711.iam.gserviceaccount.com' } },
  aks: {
    aks: {
      vaultUrl: 'https://e2e-4711.vault.azure.net',
      secretsClientId: '6c4c1a52-7c55-4e0e-9a8e-2f6c7b1d9e3a',
      tenantId: '0f1e2d3c-7c55-4e0e-9a8e-2f6c7b1d9e3a',
    },
  },
} as const;

function variant(cloud: Variant['cloud'], kind: 'ingress' | 'gateway'): Variant {
  const isFirst = kind === 'ingress';
  const isGoogleGateway = cloud === 'gke' && kind === 'gateway';
  return {
    name: `${cloud}-${kind}`,
    cloud,
    values: {
      [cloud]: {
        ...cloudValues[cloud],
        ...(isFirst && Object(external[cloud])[cloud]),
        ...(isGoogleGateway && { certificateMap: 'auth', managedCertificate: false }),
      },
      image: { repository: `${registries[cloud]}/auth-service`, tag: '1.0.0' },
      ingress: { kind, host },
      monitoring: { rules: { runbooks } },
      database: { peers: networks },
      redis: { peers: networks },
      // The objects matter here, and no node has this label, so no pod pulls an image that does not exist.
      scheduling: { nodeSelector: { 'e2e/none': 'none' } },
      ...(isFirst && { ...allJobs, secrets: { source: 'external' } }),
    },
  };
}

/** Every object of each cloud: both ways into the cluster, Secrets of both kinds, every Job. */
export const variants: readonly Variant[] = (['eks', 'gke', 'aks'] as const).flatMap((cloud) => [
  variant(cloud, 'ingress'),
  variant(cloud, 'gateway'),
]);
