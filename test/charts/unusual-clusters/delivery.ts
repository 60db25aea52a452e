import type { Loose } from '../support/synthesized.ts';
import type { UnusualCluster } from './cluster.ts';

const wave = (number: string): Loose => ({
  metadata: { annotations: { 'argocd.argoproj.io/sync-wave': number } },
});

/** Operators who deliver the objects with Helm, Argo CD or Flux. */
export const delivery: readonly UnusualCluster[] = [
  {
    title: 'a version of the chart that is no version',
    values: 'chart: { version: v1.0 }',
    clouds: ['eks'],
    refused: ['chart.version: must be a version of SemVer such as 1.4.0 or 1.4.0-rc.1'],
  },
  {
    title: 'a number as the version of the chart',
    values: 'chart: { version: 1.0 }',
    clouds: ['eks'],
    refused: ['chart.version: must be text'],
  },
  {
    title: 'a version of the chart with a leading zero',
    values: 'chart: { version: 1.04.0 }',
    clouds: ['eks'],
    refused: ['chart.version: must be a version of SemVer such as 1.4.0 or 1.4.0-rc.1'],
  },
  {
    title: 'a namespace that neither Argo CD nor Flux may delete',
    values: 'namespace: { name: identity }',
    output: {
      'Namespace/identity': {
        metadata: {
          annotations: {
            'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
            'helm.sh/resource-policy': 'keep',
            'kustomize.toolkit.fluxcd.io/prune': 'disabled',
          },
        },
      },
    },
  },
  {
    title: 'Argo CD, which must migrate before it changes the Deployment',
    values: 'migrations: { mode: job }',
    clouds: ['eks'],
    output: {
      'Namespace/auth-system': wave('-2'),
      'PriorityClass/auth-service': wave('-2'),
      'ServiceAccount/auth-service': wave('-2'),
      'Deployment/auth-service': { metadata: { annotations: null } },
      'Service/auth-service': { metadata: { annotations: null } },
    },
  },
  {
    title: 'Argo CD, while the pods migrate',
    values: 'migrations: { mode: initContainer }',
    clouds: ['eks'],
    output: { 'ServiceAccount/auth-service': { metadata: { annotations: null } } },
  },
  {
    title: 'Argo CD, which knows no defaults of HTTPRoutes and Gateways',
    values: 'ingress: { kind: gateway }\ngke: { certificateMap: auth }',
    clouds: ['gke'],
    output: {
      'HTTPRoute/auth-service': {
        spec: {
          parentRefs: [
            {
              group: 'gateway.networking.k8s.io',
              kind: 'Gateway',
              name: 'auth-service-gateway',
              sectionName: 'https',
            },
          ],
          rules: [
            { backendRefs: [{ group: '', kind: 'Service', name: 'auth-service', port: 8000, weight: 1 }] },
          ],
        },
      },
      'Gateway/auth-service-gateway': {
        spec: {
          listeners: [
            { name: 'http', allowedRoutes: { namespaces: { from: 'Same' } } },
            { name: 'https', allowedRoutes: { namespaces: { from: 'Same' } } },
          ],
        },
      },
    },
  },
  {
    title: 'Argo CD, which knows no defaults of the AWS Load Balancer Controller',
    values: 'ingress: { kind: gateway }',
    clouds: ['eks'],
    output: {
      'LoadBalancerConfiguration/auth-service-gateway': {
        spec: { listenerConfigurations: [{ protocolPort: 'HTTPS:443', alpnPolicy: 'None' }] },
      },
      'TargetGroupConfiguration/auth-service': {
        spec: { targetReference: { group: '', kind: 'Service', name: 'auth-service' } },
      },
    },
  },
  {
    title: 'Argo CD, which knows no defaults of External Secrets on Google',
    values: `secrets: { source: external }
gke: { secretsServiceAccount: auth@your-project.iam.gserviceaccount.com }`,
    clouds: ['gke'],
    output: {
      'ExternalSecret/auth-owner-secrets': {
        spec: {
          data: [
            {
              remoteRef: {
                key: 'auth-service-db-owner-url',
                conversionStrategy: 'Default',
                decodingStrategy: 'None',
                metadataPolicy: 'None',
              },
            },
          ],
        },
      },
      'SecretStore/auth-service-secrets': {
        spec: { provider: { gcpsm: { secretVersionSelectionPolicy: 'LatestOrFail' } } },
      },
    },
  },
  {
    title: 'External Secrets 2.3, with a default that older versions refuse',
    values: `crdVersion: newest
secrets: { source: external }
eks: { secretsRoleArn: arn:aws:iam::123456789012:role/auth }`,
    clouds: ['eks'],
    output: {
      'ExternalSecret/auth-owner-secrets': { spec: { data: [{ remoteRef: { nullBytePolicy: 'Ignore' } }] } },
    },
  },
  {
    title: 'Argo CD, which knows no defaults of External Secrets on Azure',
    values: `secrets: { source: external }
aks:
  vaultUrl: https://v.vault.azure.net
  secretsClientId: 11111111-1111-4111-8111-111111111111
  tenantId: 11111111-1111-4111-8111-111111111111`,
    clouds: ['aks'],
    output: {
      'SecretStore/auth-service-secrets': {
        spec: {
          provider: {
            azurekv: { authType: 'WorkloadIdentity', environmentType: 'PublicCloud', useAzureSDK: false },
          },
        },
      },
    },
  },
];
