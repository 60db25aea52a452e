import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import type { IIngress, IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf, ports } from '../names.ts';
import type { Values } from '../values/schema.ts';

/**
 * Adds an Ingress that routes all paths of the host to the port of the API. /metrics is on another port, which no rule
 * exposes.
 */
export function addIngress(
  scope: Construct,
  values: Values,
  annotations: Readonly<Record<string, string>>,
  spec: Pick<IIngressSpec, 'ingressClassName' | 'tls'>,
): void {
  const { host } = values.ingress;
  const backend = { service: { name: namesOf(values).app, port: { number: ports.http } } };
  addObject<IIngress>(scope, 'ingress', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(values, namesOf(values).ingress, {
      component: 'entry',
      annotations: { ...annotations, ...values.ingress.annotations },
    }),
    spec: { ...spec, rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  });
}

type Listener = NonNullable<IGateway['spec']>['listeners'][number];

/** An HTTP listener, which redirects to HTTPS, and an HTTPS listener with the certificate in the form of the cloud. */
export function gatewayListeners(
  values: Values,
  tls?: Listener['tls'],
  allowedRoutes?: Listener['allowedRoutes'],
): Listener[] {
  const common = { hostname: values.ingress.host, ...(allowedRoutes && { allowedRoutes }) };
  const http: Listener = { name: 'http', port: 80, protocol: 'HTTP', ...common };
  if (!values.ingress.tls) return [http];
  return [http, { name: 'https', port: 443, protocol: 'HTTPS', ...common, ...(tls && { tls }) }];
}

type RouteRule = NonNullable<IHTTPRoute['spec']['rules']>[number];

/** Adds the routes of a Gateway: HTTPS to the Service, and HTTP redirected to HTTPS. */
export function addRoutes(scope: Construct, values: Values, namespace?: string): void {
  const addRoute = (name: string, sectionName: string, rule: RouteRule) =>
    addObject<IHTTPRoute>(scope, name, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: metadata(values, name, { component: 'entry' }),
      spec: {
        parentRefs: [{ name: namesOf(values).gateway, ...(namespace && { namespace }), sectionName }],
        hostnames: [values.ingress.host],
        rules: [rule],
      },
    });
  const matches = [{ path: { type: 'PathPrefix' as const, value: '/' } }];

  addRoute(namesOf(values).app, values.ingress.tls ? 'https' : 'http', {
    matches,
    backendRefs: [{ name: namesOf(values).app, port: ports.http }],
  });
  if (!values.ingress.tls) return;
  addRoute(`${namesOf(values).app}-redirect`, 'http', {
    filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
    matches,
  });
}
