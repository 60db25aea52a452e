import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import type { IIngressRule } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { metadata, names, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Routes all paths of the host to the port of the API. /metrics is on another port, which no rule exposes. */
export function ingressRules(values: Values, number: number): IIngressRule[] {
  const backend = { service: { name: names.app, port: { number } } };
  return [{ host: values.ingress.host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
}

type Listener = NonNullable<IGateway['spec']>['listeners'][number];

/** An HTTP listener, which redirects to HTTPS, and an HTTPS listener with the certificate in the form of the cloud. */
export function gatewayListeners(
  values: Values,
  tls: Listener['tls'],
  allowedRoutes: Listener['allowedRoutes'],
): Listener[] {
  const { host } = values.ingress;
  const rest = { hostname: host, ...(allowedRoutes && { allowedRoutes }) };
  const http: Listener = { name: 'http', port: 80, protocol: 'HTTP', ...rest };
  if (!values.ingress.tls) return [http];
  return [http, { name: 'https', port: 443, protocol: 'HTTPS', ...rest, ...(tls && { tls }) }];
}

/** Adds the routes of a Gateway: HTTPS to the Service, and HTTP redirected to HTTPS. */
export function addRoutes(scope: Construct, values: Values, gatewayNamespace?: string): void {
  const add = (name: string, sectionName: string, rule: NonNullable<IHTTPRoute['spec']['rules']>[number]) =>
    addObject<IHTTPRoute>(scope, name, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: metadata(values, name, { component: 'entry' }),
      spec: {
        parentRefs: [
          { name: names.gateway, ...(gatewayNamespace && { namespace: gatewayNamespace }), sectionName },
        ],
        hostnames: [values.ingress.host],
        rules: [rule],
      },
    });
  const matches = [{ path: { type: 'PathPrefix' as const, value: '/' } }];

  add(names.app, values.ingress.tls ? 'https' : 'http', {
    matches,
    backendRefs: [{ name: names.app, port: ports.http }],
  });
  if (!values.ingress.tls) return;
  add(`${names.app}-redirect`, 'http', {
    filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
    matches,
  });
}
