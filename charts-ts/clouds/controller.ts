import type { Values } from '../values/schema.ts';
import type { Controller } from '../values/schema-network.ts';
import type { Entry } from './cloud.ts';
import { addGateway, hasOwnGateway } from './gateway.ts';
import { hasTlsSecrets, ingressTls } from './hosts.ts';
import { addIngress } from './ingress.ts';
import { addRoutes } from './routes.ts';

function* faultsOf({ gateway, ingress }: Values, hasSecrets: boolean): Iterable<string> {
  const { className, kind, tls } = ingress;
  if (kind === 'ingress' && !className)
    yield 'ingress.className: is required because ingress.controller is set: name the IngressClass of the controller';
  if (kind !== 'gateway' || gateway.parentRefs.length > 0) return;
  if (!gateway.className)
    yield 'gateway.className: is required because ingress.controller is set: name the GatewayClass of the controller, or set gateway.parentRefs';
  if (tls && gateway.listeners.length === 0 && !hasSecrets)
    yield 'ingress.tlsSecretName: is required for a Gateway with TLS: name the Secret with the certificate, or set ingress.tls to false';
}

/** A controller that is not the cloud's own, such as Traefik or Istio. Nothing of the cloud's own load balancer remains. */
export function createController(values: Values, controller: Controller): Entry {
  const { className, tls } = values.ingress;
  const { deregistrationSeconds = 10, idleTimeoutSeconds, peers, trustedProxies } = controller;
  return {
    // A controller in the cluster watches the endpoints. An update takes a few seconds, or more in a busy cluster.
    loadBalancer: { peers, proxies: trustedProxies, deregistrationSeconds, idleTimeoutSeconds },
    reservedAnnotations: {},
    entryFaults: () => faultsOf(values, hasTlsSecrets(values)),
    addIngress: (scope) =>
      addIngress(
        scope,
        values,
        {},
        {
          ...(className && { ingressClassName: className }),
          ...(tls && { tls: ingressTls(values) }),
        },
      ),
    addGateway(scope) {
      if (hasOwnGateway(values))
        addGateway(scope, values, { gatewayClassName: values.gateway.className ?? '' });
      addRoutes(scope, values);
    },
  };
}
