import type { Tree } from '../../values/merge.ts';
import type { Document } from '../document.ts';
import { documentsOfKind, findObject, type ManifestSet, nameOf, namespaceOf } from '../manifest-set.ts';
import { objectRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

function* checkBackend(manifests: ManifestSet, route: Document, { name, port }: Tree): Iterable<string> {
  const service = findObject(manifests, 'Service', name, route);
  const servicePort = asMaps(get(service?.object, 'spec', 'ports')).find(
    (candidate) => candidate.port === port || candidate.name === port,
  );
  if (!service) yield `refers to the Service ${asText(name)}, which does not exist`;
  else if (!servicePort)
    yield `refers to the port ${String(port)}, which the Service ${asText(name)} does not have`;
  else if (servicePort.name === 'metrics') yield 'must not route the metrics port';
}

/** Objects of a cloud that the annotations and parameters of an object name: kind and name. */
function cloudReferences({ object }: Document): [kind: string, name: unknown][] {
  const annotations = asMap(get(object, 'metadata', 'annotations'));
  const parameters = asMap(get(object, 'spec', 'infrastructure', 'parametersRef'));
  const backendConfig = asText(annotations['cloud.google.com/backend-config']);
  return [
    ['BackendConfig', /"default":\s*"([^"]+)"/.exec(backendConfig)?.[1]],
    ['FrontendConfig', annotations['networking.gke.io/v1beta1.FrontendConfig']],
    ['ManagedCertificate', annotations['networking.gke.io/managed-certificates']],
    [asText(parameters.kind), parameters.name],
  ];
}

/** Annotations that give GKE a certificate without a Secret. */
const gkeCertificateAnnotations = [
  'networking.gke.io/managed-certificates',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
];

/** Rules about Services, Ingresses, Gateways and routes, and about what they refer to. */
export const trafficRules: readonly Rule[] = [
  objectRule('service-type', ['Service'], function* ({ object }) {
    const { ports, type } = asMap(get(object, 'spec'));
    if (type !== undefined && type !== 'ClusterIP') yield 'must be of type ClusterIP';
    if (asMaps(ports).some(({ nodePort }) => nodePort !== undefined)) yield 'must not set nodePort';
  }),
  objectRule('service-ports', ['Service'], function* ({ object }) {
    const { externalIPs, ports, type } = asMap(get(object, 'spec'));
    if (externalIPs !== undefined) yield 'must not set externalIPs';
    if (asMaps(ports).some(({ name }) => !name)) yield 'must name each port';
    if (type !== 'ClusterIP' && asMaps(ports).some(({ name }) => name === 'metrics'))
      yield 'must not have the port metrics, because others than pods can reach it';
  }),
  objectRule('ingress-tls', ['Ingress'], function* ({ object }) {
    const annotations = asMap(get(object, 'metadata', 'annotations'));
    const hasGkeCertificate = gkeCertificateAnnotations.some((name) => annotations[name]);
    if (asMaps(get(object, 'spec', 'tls')).length === 0 && !hasGkeCertificate) yield 'must set spec.tls';
  }),
  objectRule('ingress-snippets', ['Ingress'], function* ({ object }) {
    for (const name of Object.keys(asMap(get(object, 'metadata', 'annotations'))))
      if (name.endsWith('-snippet')) yield `must not set the annotation ${name}`;
  }),
  objectRule('ingress-class', ['Ingress'], function* ({ object }) {
    const annotation = get(object, 'metadata', 'annotations', 'kubernetes.io/ingress.class');
    const field = get(object, 'spec', 'ingressClassName');
    if ((annotation === undefined) === (field === undefined))
      yield 'must set either spec.ingressClassName or the annotation kubernetes.io/ingress.class, and not both';
  }),
  objectRule('ingress-nginx', ['Ingress'], function* ({ object }) {
    const annotation = get(object, 'metadata', 'annotations', 'kubernetes.io/ingress.class');
    if ([annotation, get(object, 'spec', 'ingressClassName')].includes('nginx'))
      yield 'must not use ingress-nginx, which is retired';
  }),
  objectRule('reference-backend', ['Ingress', 'HTTPRoute', 'Route'], function* (document, manifests) {
    const { port, to } = asMap(get(document.object, 'spec'));
    if (to)
      yield* checkBackend(manifests, document, { name: get(to, 'name'), port: get(port, 'targetPort') });
    for (const rule of asMaps(get(document.object, 'spec', 'rules'))) {
      for (const path of asMaps(get(rule, 'http', 'paths'))) {
        const { name, port } = asMap(get(path, 'backend', 'service'));
        yield* checkBackend(manifests, document, { name, port: get(port, 'number') ?? get(port, 'name') });
      }
      for (const backend of asMaps(rule.backendRefs)) yield* checkBackend(manifests, document, backend);
    }
  }),
  objectRule('reference-gateway', ['HTTPRoute'], function* (document, manifests) {
    // Without a Gateway in the output, routes attach to Gateways of somebody else.
    if (documentsOfKind(manifests, 'Gateway').length === 0) return;
    for (const parent of asMaps(get(document.object, 'spec', 'parentRefs'))) {
      const { name, namespace = namespaceOf(document), sectionName } = parent;
      const gateway = documentsOfKind(manifests, 'Gateway').find(
        (candidate) => nameOf(candidate) === name && namespaceOf(candidate) === namespace,
      );
      const listeners = asMaps(get(gateway?.object, 'spec', 'listeners'));
      if (!gateway) yield `refers to the Gateway ${asText(name)}, which does not exist`;
      else if (sectionName && !listeners.some((listener) => listener.name === sectionName))
        yield `refers to the listener ${asText(sectionName)}, which the Gateway ${asText(name)} does not have`;
    }
  }),
  objectRule('reference-cloud', ['Service', 'Ingress', 'Gateway'], function* (document, manifests) {
    for (const [kind, name] of cloudReferences(document)) {
      if (name !== undefined && !findObject(manifests, kind, name, document))
        yield `refers to ${kind} ${asText(name)}, which does not exist`;
    }
  }),
];
