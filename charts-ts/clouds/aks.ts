import type { Construct } from 'constructs';
import { accountsOf, namesOf } from '../names.ts';
import type { Aks, Values } from '../values/schema.ts';
import type { Peer } from '../values/schema-peers.ts';
import { addAksGateway } from './aks-gateway.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';
import { hasOwnGateway, needsCloudCertificate } from './gateway.ts';
import { ingressTls } from './hosts.ts';
import { addIngress } from './ingress.ts';

const keyVaultAnnotation = 'kubernetes.azure.com/tls-cert-keyvault-uri';
const addOnClass = 'webapprouting.kubernetes.azure.com';

const classOf = ({ ingress }: Values, aks: Aks): string => ingress.className ?? aks.ingressClassName;

function addNginxIngress(scope: Construct, values: Values, aks: Aks): void {
  const { tls } = values.ingress;
  const annotations = { [keyVaultAnnotation]: aks.certificateUri ?? '' };
  addIngress(scope, values, needsCloudCertificate(values) ? annotations : {}, {
    ingressClassName: classOf(values, aks),
    // The add-on copies the certificate from Key Vault to a Secret of this name. nginx redirects HTTP to HTTPS.
    ...(tls && { tls: ingressTls(values, `keyvault-${namesOf(values).ingress}`) }),
  });
}

/** The proxies of the Gateways to which the routes attach. */
function envoyPeers(values: Values, aks: Aks): Peer[] {
  const ofCharts = { name: namesOf(values).gateway, namespace: aks.gatewayNamespace };
  const parents = hasOwnGateway(values) ? [ofCharts] : values.gateway.parentRefs;
  return parents.map(({ name, namespace = values.namespace.name }) => ({
    namespace,
    podLabels: { 'gateway.networking.k8s.io/gateway-name': name },
  }));
}

function loadBalancer(values: Values, aks: Aks): Cloud['loadBalancer'] {
  const nginx: Peer = { namespace: aks.ingressNamespace, podLabels: { app: 'nginx' } };
  const isGateway = values.ingress.kind === 'gateway';
  return {
    peers: isGateway ? envoyPeers(values, aks) : [nginx],
    proxies: aks.proxyCidrs,
    // Envoy and nginx watch the endpoints of the Service. An update takes a few seconds, or more in a busy cluster.
    deregistrationSeconds: 10,
    // The defaults of Envoy and nginx for connections to pods.
    idleTimeoutSeconds: isGateway ? 3_600 : 60,
  };
}

function* entryFaults(values: Values, aks: Aks): Iterable<string> {
  const { kind } = values.ingress;
  const needsCertificate = needsCloudCertificate(values);
  const className = classOf(values, aks);
  if (kind === 'ingress' && className !== addOnClass)
    yield `ingress.controller: must be set, because ${className} is not the class of the application routing add-on, ${addOnClass}: name the pods of the controller`;
  if (aks.proxyCidrs.length === 0)
    yield 'aks.proxyCidrs: must name the pods and nodes that forward requests; otherwise all clients share one rate limit';
  if (needsCertificate && !aks.certificateUri)
    yield 'aks.certificateUri: is required because ingress.tls is true: give the Key Vault certificate URI, or set ingress.tls to false';
  if (kind === 'gateway' && needsCertificate && !aks.certificateClientId)
    yield 'aks.certificateClientId: is required for a Gateway with TLS: give the client id of the identity that may read the certificate';
}

/** The clouds of states have a sign-in of their own, which the operator of External Secrets finds by this name. */
function environmentOf({ vaultUrl = '' }: Aks): Record<string, string> {
  if (/\.vault\.usgovcloudapi\.net\/?$/.test(vaultUrl)) return { environmentType: 'USGovernmentCloud' };
  if (/\.vault\.azure\.cn\/?$/.test(vaultUrl)) return { environmentType: 'ChinaCloud' };
  return {};
}

/** Azure AKS with the application routing add-on. */
export function createAks(values: Values, aks: Aks): Cloud {
  return {
    loadBalancer: loadBalancer(values, aks),
    reservedAnnotations: { [keyVaultAnnotation]: 'use aks.certificateUri' },
    secretStore: {
      provider: {
        azurekv: {
          authType: 'WorkloadIdentity',
          vaultUrl: aks.vaultUrl ?? '',
          ...environmentOf(aks),
          serviceAccountRef: { name: accountsOf(values).secretsReader },
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
      for (const key of ['vaultUrl', 'secretsClientId', 'tenantId'] as const) {
        if (readsCloudStore(values.secrets) && !aks[key])
          yield `aks.${key}: is required because secrets.source is external: set it, or choose another secrets.source`;
      }
    },
    entryFaults: () => entryFaults(values, aks),
    addIngress: (scope) => addNginxIngress(scope, values, aks),
    addGateway: (scope) => addAksGateway(scope, values, aks),
  };
}
