import { objectRule, type Rule } from '../rule.ts';
import { asMap, asMaps, get } from '../untyped.ts';

/** Annotations that give GKE a certificate without a Secret. */
const gkeCertificateAnnotations = [
  'networking.gke.io/managed-certificates',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
];

/** Rules about Services and Ingresses. */
export const trafficRules: readonly Rule[] = [
  objectRule('service-type', ['Service'], function* ({ object }) {
    const { externalIPs, ports, type } = asMap(get(object, 'spec'));
    if (type !== undefined && type !== 'ClusterIP') yield 'must be of type ClusterIP';
    if (externalIPs !== undefined) yield 'must not set externalIPs';
    if (asMaps(ports).some(({ name }) => !name)) yield 'must name each port';
    if (asMaps(ports).some(({ nodePort }) => nodePort !== undefined)) yield 'must not set nodePort';
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
    if ([annotation, field].includes('nginx')) yield 'must not use ingress-nginx, which is retired';
  }),
];
