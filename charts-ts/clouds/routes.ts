import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import type { IIngressRule } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { metadata, names, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Everything under the host goes to the API's port; /metrics is on another port, which no rule names. */
export function ingressRules(values: Values, number: number): IIngressRule[] {
  const backend = { service: { name: names.app, port: { number } } };
  return [{ host: values.ingress.host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
}

type Listener = NonNullable<IGateway['spec']>['listeners'][number];

/** HTTP, which only redirects, and HTTPS with what each cloud needs to find the certificate. */
export function gatewayListeners(
  values: Values,
  tls: Listener['tls'],
  from: Listener['allowedRoutes'],
): Listener[] {
  const { host } = values.ingress;
  const rest = { hostname: host, ...(from && { allowedRoutes: from }) };
  const http: Listener = { name: 'http', port: 80, protocol: 'HTTP', ...rest };
  if (!values.ingress.tls) return [http];
  return [http, { name: 'https', port: 443, protocol: 'HTTPS', ...rest, ...(tls && { tls }) }];
}

/** The routes of the API: HTTPS to the Service, HTTP to HTTPS. */
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
