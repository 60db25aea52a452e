import type { Construct } from 'constructs';
import { addObject, type Manifest } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { hostsOf } from './hosts.ts';

/** A Route of OpenShift. charts-ts/gate/schemas/openshift-route.ts checks its fields. */
interface Route extends Manifest {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** TLS ends at the router, with its certificate or the one of a Secret, and HTTP is redirected. */
const edge = (secretName: string | undefined) => ({
  termination: 'edge',
  insecureEdgeTerminationPolicy: 'Redirect',
  ...(secretName && { externalCertificate: { name: secretName } }),
});

/** Adds a Route of OpenShift for each host and path. */
export function addOpenShiftRoutes(scope: Construct, values: Values): void {
  const { annotations, tls } = values.ingress;
  const { app } = namesOf(values);
  const all = hostsOf(values).flatMap(({ paths, ...host }) => paths.map(({ path }) => ({ ...host, path })));
  for (const [index, { host, path, tlsSecretName }] of all.entries()) {
    const name = index === 0 ? app : `${app}-route-${index + 1}`;
    addObject<Route>(scope, name, {
      apiVersion: 'route.openshift.io/v1',
      kind: 'Route',
      metadata: metadata(values, name, { component: 'entry', annotations }),
      spec: {
        host,
        ...(path !== '/' && { path }),
        to: { kind: 'Service', name: app, weight: 100 },
        port: { targetPort: 'http' },
        ...(tls && { tls: edge(tlsSecretName) }),
        wildcardPolicy: 'None',
      },
    });
  }
}
