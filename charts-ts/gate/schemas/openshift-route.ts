import type { Manifest } from '../../manifest.ts';
import { checkSpec, integer, strict, string } from './strict-schema.ts';

/** The fields of a Route of OpenShift that the charts use. */
const spec = strict(
  {
    host: string,
    path: { ...string, pattern: '^/' },
    to: strict(
      { kind: { enum: ['Service'] }, name: string, weight: { ...integer, minimum: 0, maximum: 256 } },
      ['kind', 'name'],
    ),
    port: strict({ targetPort: { anyOf: [string, integer] } }, ['targetPort']),
    tls: strict(
      {
        termination: { enum: ['edge', 'passthrough', 'reencrypt'] },
        insecureEdgeTerminationPolicy: { enum: ['Allow', 'None', 'Redirect'] },
        externalCertificate: strict({ name: string }, ['name']),
      },
      ['termination'],
    ),
    wildcardPolicy: { enum: ['None', 'Subdomain'] },
  },
  ['to'],
);

/** Checks a Route of OpenShift and returns messages, or undefined for any other kind. */
export async function checkOpenShiftRoute(object: Manifest): Promise<string[] | undefined> {
  const isKnown = object.apiVersion === 'route.openshift.io/v1' && object.kind === 'Route';
  return isKnown ? checkSpec(object, spec) : undefined;
}
