import type { Construct } from 'constructs';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { metadata, names, ports } from '../names.ts';
import type { Fault } from '../values/fault.ts';
import type { Values } from '../values/schema.ts';
import type { Peer } from '../values/schema-network.ts';
import { addAksGateway } from './aks-gateway.ts';
import type { Cloud } from './cloud.ts';
import { ingressRules } from './routes.ts';

type Aks = NonNullable<Values['aks']>;

function addIngress(scope: Construct, values: Values, aks: Aks): void {
  const annotations = {
    ...(values.ingress.tls && { 'kubernetes.azure.com/tls-cert-keyvault-uri': aks.certificateUri ?? '' }),
    ...values.ingress.annotations,
  };
  addObject<IIngress>(scope, 'ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(values, names.ingress, { component: 'entry', annotations }),
    spec: {
      ingressClassName: aks.ingressClassName,
      // The add-on keeps the vault's certificate in a Secret of this fixed name; nginx redirects HTTP by itself.
      ...(values.ingress.tls && {
        tls: [{ hosts: [values.ingress.host], secretName: `keyvault-${names.ingress}` }],
      }),
      rules: ingressRules(values, ports.http),
    },
  });
}

function* faults(values: Values, aks: Aks): Iterable<Fault> {
  const { ingress, secrets } = values;
  if (ingress.kind !== 'none' && ingress.tls && !aks.certificateUri) {
    yield { path: 'aks.certificateUri', message: 'is required while ingress.tls is true' };
  }
  if (ingress.kind === 'gateway' && ingress.tls && !aks.certificateClientId) {
    yield { path: 'aks.certificateClientId', message: 'is required for a Gateway with TLS' };
  }
  for (const key of ['vaultUrl', 'secretsClientId', 'tenantId'] as const) {
    if (secrets.source === 'external' && !aks[key]) {
      yield { path: `aks.${key}`, message: 'is required while secrets.source is external' };
    }
  }
}

/** Azure AKS with the application routing add-on. */
export function createAks(values: Values, aks: Aks): Cloud {
  const isGateway = values.ingress.kind === 'gateway';
  const proxyPods: Peer = isGateway
    ? {
        namespace: aks.gatewayNamespace,
        podLabels: { 'gateway.networking.k8s.io/gateway-name': names.gateway },
      }
    : { namespace: aks.ingressNamespace, podLabels: { app: 'nginx' } };
  return {
    loadBalancer: {
      peers: [proxyPods],
      proxies: aks.proxyCidrs,
      // Envoy and nginx follow the Service's endpoints: a few seconds, and as many again for a busy control plane.
      noticeSeconds: 10,
      // Defaults of Envoy and of nginx for connections to pods.
      idleSeconds: isGateway ? 3_600 : 60,
    },
    namespaceLabels: {},
    serviceAnnotations: {},
    secretStore: {
      provider: {
        azurekv: {
          authType: 'WorkloadIdentity',
          vaultUrl: aks.vaultUrl ?? '',
          serviceAccountRef: { name: names.secretsReader },
        },
      },
      serviceAccountAnnotations: {
        'azure.workload.identity/client-id': aks.secretsClientId ?? '',
        'azure.workload.identity/tenant-id': aks.tenantId ?? '',
      },
    },
    faults: () => faults(values, aks),
    addEntry(scope) {
      if (isGateway) addAksGateway(scope, values, aks);
      else addIngress(scope, values, aks);
    },
  };
}
