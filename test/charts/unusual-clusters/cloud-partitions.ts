import type { UnusualCluster } from './cluster.ts';

const vault = (suffix: string): string => `
secrets: { source: external }
aks:
  certificateUri: https://acme.${suffix}/certificates/auth
  vaultUrl: https://acme.${suffix}
  secretsClientId: 11111111-1111-4111-8111-111111111111
  tenantId: 11111111-1111-4111-8111-111111111111`;

const azurekv = (fields: object) => ({
  'SecretStore/auth-service-secrets': { spec: { provider: { azurekv: fields } } },
  'Gateway/auth-service-gateway': {},
});

const certificateFault = 'aks.certificateUri: must be a Key Vault certificate URI';

/** Regions that a provider operates apart from the others, such as those of a state. */
export const cloudPartitions: readonly UnusualCluster[] = [
  {
    title: 'Azure Government, whose Key Vault and sign-in have other names',
    values: vault('vault.usgovcloudapi.net'),
    clouds: ['aks'],
    output: azurekv({
      environmentType: 'USGovernmentCloud',
      vaultUrl: 'https://acme.vault.usgovcloudapi.net',
    }),
  },
  {
    title: 'Azure China',
    values: vault('vault.azure.cn'),
    clouds: ['aks'],
    output: azurekv({ environmentType: 'ChinaCloud', vaultUrl: 'https://acme.vault.azure.cn' }),
  },
  {
    title: 'the public Azure',
    values: vault('vault.azure.net'),
    clouds: ['aks'],
    output: azurekv({ environmentType: 'PublicCloud' }),
  },
  {
    title: 'a certificate in no Key Vault',
    values: 'aks: { certificateUri: https://acme.vault.example.net/certificates/auth }',
    clouds: ['aks'],
    refused: [certificateFault],
  },
  {
    title: 'the European Sovereign Cloud of AWS',
    values: `
secrets: { source: external }
eks:
  region: eusc-de-east-1
  certificateArn: arn:aws-eusc:acm:eusc-de-east-1:482915730162:certificate/6f1e
  secretsRoleArn: arn:aws-eusc:iam::482915730162:role/auth`,
    clouds: ['eks'],
    output: {
      'SecretStore/auth-service-secrets': { spec: { provider: { aws: { region: 'eusc-de-east-1' } } } },
    },
  },
];
