import type { Construct } from 'constructs';
import type { IConfigMap, INamespace, IServiceAccount } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf, podSecurityLabels, standardLabels } from '../names.ts';
import type { Aks, Values } from '../values/schema.ts';
import { addGateway, hasOwnGateway } from './gateway.ts';
import { addRoutes } from './routes.ts';

const component = 'entry';

const gatewayMetadata = (values: Values, aks: Aks, name: string, annotations = {}) => ({
  ...metadata(values, name, { component, annotations }),
  namespace: aks.gatewayNamespace,
});

/** A namespace that several installations share is not part of any of them: removing one would remove all Gateways. */
function addNamespace(scope: Construct, values: Values, aks: Aks): void {
  const labels = { ...standardLabels(values, component), ...podSecurityLabels('baseline') };
  addObject<INamespace>(scope, 'namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: aks.gatewayNamespace, labels },
  });
}

/** The identity by which the add-on reads the certificate from Key Vault. */
function addTlsServiceAccount(scope: Construct, values: Values, aks: Aks): void {
  const annotations = { 'azure.workload.identity/client-id': aks.certificateClientId ?? '' };
  addObject<IServiceAccount>(scope, 'tls-account', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: gatewayMetadata(values, aks, namesOf(values).gatewayTls, annotations),
    automountServiceAccountToken: false,
  });
}

/**
 * Parameters of the Gateway: the add-on merges them into the Service of the proxies. With the default policy of that
 * Service, nodes replace the client's address with their own.
 */
function addParameters(scope: Construct, values: Values, aks: Aks): void {
  addObject<IConfigMap>(scope, 'parameters', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: gatewayMetadata(values, aks, namesOf(values).gateway),
    data: { service: 'spec:\n  externalTrafficPolicy: Local\n' },
  });
}

function addOwnGateway(scope: Construct, values: Values, aks: Aks): void {
  const name = namesOf(values).gateway;
  const certificate = {
    'kubernetes.azure.com/tls-cert-keyvault-uri': aks.certificateUri ?? '',
    'kubernetes.azure.com/tls-cert-service-account': namesOf(values).gatewayTls,
  };
  const serviceNamespace = { matchLabels: { 'kubernetes.io/metadata.name': values.namespace.name } };
  addGateway(
    scope,
    values,
    {
      gatewayClassName: values.gateway.className ?? aks.gatewayClassName,
      ...(aks.preserveClientAddress && {
        infrastructure: { parametersRef: { group: '', kind: 'ConfigMap', name } },
      }),
    },
    {
      namespace: aks.gatewayNamespace,
      tls: { mode: 'Terminate', options: certificate },
      allowedRoutes: { namespaces: { from: 'Selector', selector: serviceNamespace } },
    },
  );
}

/**
 * A Gateway of the application routing add-on. The add-on runs its proxy pods in the namespace of the Gateway. These
 * pods need a namespace of their own: the namespace of the service admits only "restricted" pods. A Gateway of somebody
 * else needs nothing but the routes.
 */
export function addAksGateway(scope: Construct, values: Values, aks: Aks): void {
  if (!hasOwnGateway(values)) {
    addRoutes(scope, values);
    return;
  }
  if (aks.createGatewayNamespace) addNamespace(scope, values, aks);
  if (values.ingress.tls && aks.certificateClientId) addTlsServiceAccount(scope, values, aks);
  if (aks.preserveClientAddress) addParameters(scope, values, aks);
  addOwnGateway(scope, values, aks);
  addRoutes(scope, values, aks.gatewayNamespace);
}
