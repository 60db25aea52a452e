import type { ExampleBlock } from './example.ts';

const id = '11111111-1111-4111-8111-111111111111';

export const clouds: ExampleBlock = {
  plain: {
    'eks.region': ['eu-central-1'],
    'eks.certificateArn': ['arn:aws:acm:eu-central-1:210987654321:certificate/1f2e'],
    'eks.sslPolicy': ['ELBSecurityPolicy-TLS13-1-3-2021-06'],
    'eks.wafAclArn': ['arn:aws:wafv2:eu-central-1:210987654321:regional/webacl/a/b'],
    'eks.deregistrationDelaySeconds': [0, 20],
    'eks.loadBalancerCidrs': [['10.20.32.0/20', '10.20.48.0/20']],
    'eks.gatewayClassName': ['alb'],
    'eks.secretsRoleArn': ['arn:aws:iam::210987654321:role/auth'],
    'gke.project': ['my-project-1'],
    'gke.addressName': ['login'],
    'gke.address': ['198.51.100.7', '2001:db8::7'],
    'gke.preSharedCertificate': ['auth'],
    'gke.sslPolicy': ['modern'],
    'gke.securityPolicy': ['armor'],
    'gke.drainingTimeoutSeconds': [0, 20],
    'gke.loadBalancerCidrs': [['35.191.0.0/16']],
    'gke.gatewayClassName': ['gke-l7-regional-external-managed'],
    'gke.secretsServiceAccount': ['auth@my-project-1.iam.gserviceaccount.com'],
    'aks.certificateUri': ['https://my-vault.vault.azure.net/certificates/login'],
    'aks.certificateClientId': [id],
    'aks.ingressClassName': ['nginx-internal'],
    'aks.ingressNamespace': ['ingress'],
    'aks.gatewayClassName': ['istio'],
    'aks.gatewayNamespace': ['entry'],
    'aks.proxyCidrs': [['10.1.0.0/16']],
    'aks.vaultUrl': ['https://my-vault.vault.azure.net'],
    'aks.secretsClientId': [id],
    'aks.tenantId': [id],
  },
  special: {
    'eks.certificateArn': [{ value: null, with: { ingress: { tls: false } } }],
    'gke.managedCertificate': [{ value: false, with: { gke: { preSharedCertificate: 'auth' } } }],
    'gke.certificateMap': [{ value: 'auth', with: { ingress: { kind: 'gateway' } } }],
    'aks.certificateUri': [{ value: null, with: { ingress: { tls: false } } }],
    'aks.certificateClientId': [{ value: null, with: { ingress: { tls: false } } }],
  },
};
