import type { Construct } from 'constructs';
import { namesOf } from '../names.ts';
import type { Aks, Values } from '../values/schema.ts';
import type { Peer } from '../values/schema-network.ts';
import { addAksGateway } from './aks-gateway.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';
import { addIngress } from './routing.ts';

function addNginxIngress(scope: Construct, values: Values, aks: Aks): void {
  const { host, tls } = values.ingress;
  const annotations = { 'kubernetes.azure.com/tls-cert-keyvault-uri': aks.certificateUri ?? '' };
  addIngress(scope, values, tls ? annotations : {}, {
    ingressClassName: aks.ingressClassName,
    // The add-on copies the certificate from Key Vault to a Secret of this name. nginx redirects HTTP to HTTPS.
    ...(tls && { tls: [{ hosts: [host], secretName: `keyvault-${namesOf(values).ingress}` }] }),
  });
}

function loadBalancer(values: Values, aks: Aks): Cloud['loadBalancer'] {
  const envoy: Peer = {
    namespace: aks.gatewayNamespace,
    podLabels: { 'gateway.networking.k8s.io/gateway-name': namesOf(values).gateway },
  };
  const nginx: Peer = { namespace: aks.ingressNamespace, podLabels: { app: 'nginx' } };
  const isGateway = values.ingress.kind === 'gateway';
  return {
    peers: [isGateway ? envoy : nginx],
    proxies: aks.proxyCidrs,
    // Envoy and nginx watch the endpoints of the Service. An update takes a few seconds, or more in a busy cluster.
    deregistrationSeconds: 10,
    // The defaults of Envoy and nginx for connections to pods.
    idleTimeoutSeconds: isGateway ? 3_600 : 60,
  };
}

/** Azure AKS with the application routing add-on. */
export function createAks(values: Values, aks: Aks): Cloud {
  return {
    loadBalancer: loadBalancer(values, aks),
    secretStore: {
      provider: {
        azurekv: {
          authType: 'WorkloadIdentity',
          vaultUrl: aks.vaultUrl ?? '',
          serviceAccountRef: { name: namesOf(values).secretsReader },
        },
      },
      serviceAccountAnnotations: {
        'azure.workload.identity/client-id': aks.secretsClientId ?? '',
        'azure.workload.identity/tenant-id': aks.tenantId ?? '',
      },
    },
    workloadIdentity: (clientId) => ({
      annotations: { 'azure.workload.identity/client-id': clientId },
      podLabels: { 'azure.workload.identity/use': 'true' },
      egress: [],
    }),
    *faults() {
      const { ingress, secrets } = values;
      if (ingress.kind !== 'none' && ingress.tls && !aks.certificateUri)
        yield 'aks.certificateUri: is required because ingress.tls is true: give the Key Vault certificate URI, or set ingress.tls to false';
      if (ingress.kind === 'gateway' && ingress.tls && !aks.certificateClientId)
        yield 'aks.certificateClientId: is required for a Gateway with TLS: give the client id of the identity that may read the certificate';
      for (const key of ['vaultUrl', 'secretsClientId', 'tenantId'] as const) {
        if (readsCloudStore(secrets) && !aks[key])
          yield `aks.${key}: is required because secrets.source is external: set it, or choose another secrets.source`;
      }
    },
    addIngress: (scope) => addNginxIngress(scope, values, aks),
    addGateway: (scope) => addAksGateway(scope, values, aks),
  };
}
