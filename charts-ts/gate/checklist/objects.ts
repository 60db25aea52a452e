import type { Document } from '../document.ts';
import { get, includes, text, tree, trees } from '../json.ts';
import { objectRule, type Rule } from '../rule.ts';
import { createWorld, namespaceOf, ofKind, type World } from '../world.ts';

/** Kinds that live in no namespace. */
const clusterScoped = [
  'Namespace',
  'PriorityClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'GatewayClass',
  'IngressClass',
  'CustomResourceDefinition',
];

const rulesOf = (policy: Document, direction: string): unknown[] =>
  trees(get(policy.object, 'spec', direction));

/** Whether one policy says both whom the pods of a workload hear and whom they may call. */
const isIsolated = (document: Document, world: World): boolean =>
  createWorld([document]).workloads.some(({ document: own, labels }) =>
    ofKind(world, 'NetworkPolicy').some((policy) => {
      const wanted = tree(get(policy.object, 'spec', 'podSelector', 'matchLabels'));
      const isSelected = Object.keys(wanted).length > 0 && includes(labels, wanted);
      const saysBoth = rulesOf(policy, 'ingress').length > 0 && rulesOf(policy, 'egress').length > 0;
      return isSelected && saysBoth && namespaceOf(policy) === namespaceOf(own);
    }),
  );

const deniesByDefault = (document: Document, world: World): boolean =>
  ofKind(world, 'NetworkPolicy').some((policy) => {
    const { egress, ingress, podSelector, policyTypes } = tree(get(policy.object, 'spec'));
    const types = Array.isArray(policyTypes) ? policyTypes : [];
    const isEmpty =
      egress === undefined && ingress === undefined && Object.keys(tree(podSelector)).length === 0;
    const isBoth = types.includes('Ingress') && types.includes('Egress');
    return isEmpty && isBoth && namespaceOf(policy) === namespaceOf(document);
  });

/** Rules about everything that is not a pod. */
export const objectRules: readonly Rule[] = [
  objectRule(
    'namespace',
    ['KSV-0110', 'CKV_K8S_21', 'C-0061', 'kube-linter use-namespace'],
    [],
    function* (document) {
      if (clusterScoped.includes(document.object.kind)) return;
      if (['', 'default', 'kube-system', 'kube-public'].includes(namespaceOf(document)))
        yield 'needs a namespace of its own';
    },
  ),
  objectRule('pod-security-label', ['C-0192'], ['Namespace'], function* ({ object }, world) {
    const level = get(object, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce');
    const hasPods = world.workloads.some(({ document }) => namespaceOf(document) === object.metadata?.name);
    if (hasPods && level !== 'restricted')
      yield 'needs the label pod-security.kubernetes.io/enforce: restricted';
    if (!level) yield 'needs a pod-security.kubernetes.io/enforce label';
  }),
  objectRule(
    'network-policy',
    [
      'KSV-0038',
      'CKV2_K8S_6',
      'C-0030',
      'C-0260',
      'kube-score pod-networkpolicy',
      'polaris missingNetworkPolicy',
    ],
    ['Deployment', 'CronJob', 'Job'],
    function* (document, world) {
      if (!isIsolated(document, world))
        yield 'needs a NetworkPolicy with rules of both directions for its pods';
      if (!deniesByDefault(document, world)) yield 'needs a NetworkPolicy that denies everything else';
    },
  ),
  objectRule(
    'no-secrets',
    ['KSV-0109', 'C-0012', 'secretlint k8s-kind-secret'],
    ['Secret'],
    function* ({ object }) {
      if (get(object, 'data') || get(object, 'stringData'))
        yield 'must not hold secrets: this output goes into git';
    },
  ),
  objectRule(
    'config-map-secrets',
    ['KSV-0109', 'KSV-01010', 'C-0012', 'polaris sensitiveConfigmapContent'],
    ['ConfigMap'],
    function* ({ object }) {
      for (const [key, value] of Object.entries(tree(get(object, 'data')))) {
        const hasPassword =
          /:\/\/[^\s/:@]+:[^\s/@]+@/.test(text(value)) || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text(value));
        if (hasPassword || /password|secret|token|jwt|credential|bearer/i.test(key))
          yield `must not hold the secret ${key}`;
      }
    },
  ),
  objectRule(
    'rbac',
    ['KSV-0041', 'KSV-0044', 'KSV-0045', 'KSV-0053', 'CKV_K8S_49', 'C-0015', 'kube-linter wildcard-in-rules'],
    ['Role', 'ClusterRole'],
    function* ({ object }) {
      for (const rule of trees(get(object, 'rules'))) {
        const all = [rule.verbs, rule.resources, rule.apiGroups].flat().map(text);
        if (all.includes('*')) yield 'must not use wildcards';
        if (all.includes('pods/exec') || all.includes('secrets')) yield 'must not reach into pods or secrets';
      }
    },
  ),
];
