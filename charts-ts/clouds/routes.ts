import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { ParentRef } from '../values/schema-network.ts';
import { gatewayListeners, hasOwnGateway } from './gateway.ts';
import { type Host, hostsOf } from './hosts.ts';

type RouteRule = NonNullable<IHTTPRoute['spec']['rules']>[number];

const group = 'gateway.networking.k8s.io';

/** With the defaults that the API server adds, so that tools that compare find no difference. */
const withDefaults = (parent: ParentRef) => ({ group, kind: 'Gateway', ...parent });

/** The listeners of the own Gateway to which routes of these hosts attach. Those of the operator may have any name. */
function ownParents(
  values: Values,
  isSecure: boolean,
  hosts: readonly Host[],
  namespace?: string,
): ParentRef[] {
  const names = hosts.map(({ host }) => host);
  const isGiven = values.gateway.listeners.length > 0;
  return gatewayListeners(values)
    .filter(({ protocol }) => (protocol === 'HTTPS') === isSecure)
    .filter(({ hostname }) => isGiven || names.includes(hostname ?? ''))
    .map(({ name }) => ({
      name: namesOf(values).gateway,
      ...(namespace && { namespace }),
      sectionName: name,
    }));
}

const pathTypes = { Prefix: 'PathPrefix', Exact: 'Exact', ImplementationSpecific: 'PathPrefix' } as const;

/** The hosts by their paths, because each rule of a route applies to all of its hosts. */
function hostsByPaths(values: Values): Host[][] {
  const groups = new Map<string, Host[]>();
  for (const host of hostsOf(values)) {
    const key = JSON.stringify(host.paths);
    groups.set(key, [...(groups.get(key) ?? []), host]);
  }
  return [...groups.values()];
}

/**
 * Adds the routes: HTTPS to the Service, and HTTP redirected to HTTPS.
 * @param namespace of the own Gateway, if it is not the one of the service
 */
export function addRoutes(scope: Construct, values: Values, namespace?: string): void {
  const { parentRefs, redirect, redirectParentRefs, routeAnnotations } = values.gateway;
  const { app } = namesOf(values);
  const { tls } = values.ingress;
  const isOwn = hasOwnGateway(values);
  const addRoute = (name: string, parents: readonly ParentRef[], hosts: readonly Host[], rule: RouteRule) =>
    addObject<IHTTPRoute>(scope, name, {
      apiVersion: `${group}/v1`,
      kind: 'HTTPRoute',
      metadata: metadata(values, name, { component: 'entry', annotations: routeAnnotations }),
      spec: {
        parentRefs: parents.map(withDefaults),
        hostnames: hosts.map(({ host }) => host),
        rules: [rule],
      },
    });

  for (const [index, hosts] of hostsByPaths(values).entries()) {
    const parents = isOwn ? ownParents(values, tls, hosts, namespace) : parentRefs;
    addRoute(index === 0 ? app : `${app}-paths-${index + 1}`, parents, hosts, {
      matches: (hosts[0]?.paths ?? []).map(({ path, pathType }) => ({
        path: { type: pathTypes[pathType], value: path },
      })),
      backendRefs: [{ group: '', kind: 'Service', name: app, port: values.service.port, weight: 1 }],
    });
  }
  const all = hostsOf(values);
  const plainParents = isOwn ? ownParents(values, false, all, namespace) : redirectParentRefs;
  const redirects = isOwn ? tls && redirect : true;
  if (!redirects || plainParents.length === 0) return;
  addRoute(`${app}-redirect`, plainParents, all, {
    filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
  });
}
