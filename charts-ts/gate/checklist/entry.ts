import { get, tree, trees } from '../json.ts';
import { objectRule, type Rule } from '../rule.ts';

/** How requests come in. */
export const entryRules: readonly Rule[] = [
  objectRule(
    'service-type',
    ['CKV2_K8S_5', 'KSV-0108', 'kube-score service-type', 'kube-linter exposed-services'],
    ['Service'],
    function* ({ object }) {
      const { externalIPs, ports, type } = tree(get(object, 'spec'));
      if (type !== undefined && type !== 'ClusterIP') yield 'must be of type ClusterIP';
      if (externalIPs !== undefined) yield 'must not set externalIPs';
      if (trees(ports).some(({ name, nodePort }) => !name || nodePort !== undefined))
        yield 'needs a name and no nodePort for each port';
    },
  ),
  objectRule('ingress-tls', ['polaris tlsSettingsMissing', 'C-0263'], ['Ingress'], function* ({ object }) {
    const ours = ['networking.gke.io/managed-certificates', 'ingress.gcp.kubernetes.io/pre-shared-cert'];
    const annotations = tree(get(object, 'metadata', 'annotations'));
    if (trees(get(object, 'spec', 'tls')).length === 0 && !ours.some((name) => annotations[name]))
      yield 'needs spec.tls';
  }),
  objectRule(
    'ingress-snippets',
    ['CKV_K8S_152', 'CKV_K8S_153', 'CKV_K8S_154', 'C-0059'],
    ['Ingress'],
    function* ({ object }) {
      for (const name of Object.keys(tree(get(object, 'metadata', 'annotations'))))
        if (name.endsWith('-snippet')) yield `must not use ${name}`;
    },
  ),
  objectRule('ingress-class', ['C-0292'], ['Ingress'], function* ({ object }) {
    const annotation = get(object, 'metadata', 'annotations', 'kubernetes.io/ingress.class');
    const field = get(object, 'spec', 'ingressClassName');
    if (annotation !== undefined && field !== undefined) yield 'must name its class once';
    if (annotation === undefined && field === undefined) yield 'needs a class';
    if ([annotation, field].includes('nginx')) yield 'must not use ingress-nginx, which is retired';
  }),
];
