import type { ExampleBlock } from './example.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const pods = [{ namespace: 'data', podLabels: { app: 'store' } }];

export const stores: ExampleBlock = {
  plain: {
    'database.peers': [[{ cidr: '10.20.0.0/20' }, { cidr: 'fd00::/64' }], pods],
    'database.port': [6_432],
    'database.poolMax': [1, 15],
    'database.maxConnections': [250, 5_000],
    'database.ca': [certificate],
    'redis.peers': [[{ cidr: '10.20.16.0/20' }], pods],
    'redis.port': [6_380],
    'redis.ca': [certificate],
    'redis.sentinelPort': [26_379],
    'secrets.name': ['auth-keys'],
    'secrets.ownerName': ['auth-owner-keys'],
    'secrets.external.prefix': ['production-'],
    'secrets.external.refreshInterval': ['10m'],
  },
  special: {
    'redis.sentinelPassword': [{ value: true, with: { redis: { sentinelPort: 26_379 } } }],
    'secrets.external.store.kind': [
      {
        value: 'SecretStore',
        with: { secrets: { source: 'external', external: { store: { name: 'vault' } } } },
      },
      {
        value: 'ClusterSecretStore',
        with: { secrets: { source: 'external', external: { store: { name: 'vault' } } } },
      },
    ],
    'secrets.source': [
      {
        value: 'external',
        clouds: ['eks'],
        with: { eks: { secretsRoleArn: 'arn:aws:iam::123456789012:role/auth' } },
      },
      {
        value: 'external',
        clouds: ['gke'],
        with: { gke: { secretsServiceAccount: 'auth@your-project.iam.gserviceaccount.com' } },
      },
      {
        value: 'external',
        clouds: ['aks'],
        with: {
          aks: {
            vaultUrl: 'https://v.vault.azure.net',
            secretsClientId: '11111111-1111-4111-8111-111111111111',
            tenantId: '11111111-1111-4111-8111-111111111111',
          },
        },
      },
    ],
  },
};
