import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import type { IConfigMap, INamespace, IServiceAccount } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { labelsOf, metadata, names, podSecurityLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { addRoutes, gatewayListeners } from './routes.ts';

type Aks = NonNullable<Values['aks']>;

/**
 * Application routing by the Gateway API. Its proxy pods run in the Gateway's own namespace, where neither the
 * "restricted" pod security nor the default-deny policy of the service would let them live.
 */
export function addAksGateway(scope: Construct, values: Values, aks: Aks): void {
  const namespace = aks.gatewayNamespace;
  const described = (name: string, annotations: Record<string, string>) => ({
    ...metadata(values, name, { component: 'entry', annotations }),
    namespace,
  });
  addObject<INamespace>(scope, 'namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...labelsOf(values, 'entry'), ...podSecurityLabels('baseline') } },
  });
  if (values.ingress.tls) {
    addObject<IServiceAccount>(scope, 'tls-account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: described(names.gatewayTls, {
        'azure.workload.identity/client-id': aks.certificateClientId ?? '',
      }),
      automountServiceAccountToken: false,
    });
  }
  if (aks.preserveClientAddress) {
    addObject<IConfigMap>(scope, 'parameters', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: described(names.gateway, {}),
      // Laid over the Service that the add-on makes. By default nodes put their own address in place of the client's.
      data: { service: 'spec:\n  externalTrafficPolicy: Local\n' },
    });
  }
  const parameters = { group: '', kind: 'ConfigMap', name: names.gateway };
  addObject<IGateway>(scope, 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: described(names.gateway, values.ingress.annotations),
    spec: {
      gatewayClassName: aks.gatewayClassName,
      ...(aks.preserveClientAddress && { infrastructure: { parametersRef: parameters } }),
      listeners: gatewayListeners(
        values,
        {
          mode: 'Terminate',
          options: {
            'kubernetes.azure.com/tls-cert-keyvault-uri': aks.certificateUri ?? '',
            'kubernetes.azure.com/tls-cert-service-account': names.gatewayTls,
          },
        },
        {
          namespaces: {
            from: 'Selector',
            selector: { matchLabels: { 'kubernetes.io/metadata.name': values.namespace.name } },
          },
        },
      ),
    },
  });
  addRoutes(scope, values, namespace);
}
