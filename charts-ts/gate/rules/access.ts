import { entries, isSecret } from '../../../app/config/config.ts';
import { configKey } from '../../kubernetes/settings.ts';
import { isClusterScoped } from '../../manifest.ts';
import type { Tree } from '../../values/merge.ts';
import { documentsOfKind, namespaceOf } from '../manifest-set.ts';
import { objectRule, podRule, type Rule } from '../rule.ts';
import { isComplete } from '../schemas/newest-types.ts';
import { asMap, asMaps, asText, get, matchesLabels } from '../untyped.ts';

/** Keys of variables of the service that are no secrets, although some of their names sound so: PASSWORD_BREACH_URL. */
const plainKeys = new Set(entries.filter((entry) => !isSecret(entry)).map(({ name }) => configKey(name)));

/** Whether a policy has ingress and egress rules for pods with these labels. */
function isolates({ egress, ingress, podSelector }: Tree, podLabels: Tree): boolean {
  const matchLabels = asMap(get(podSelector, 'matchLabels'));
  const isSelected = asMaps(get(podSelector, 'matchExpressions')).every(({ key, operator, values }) => {
    const isListed = Array.isArray(values) && values.includes(podLabels[asText(key)]);
    return operator === 'In' ? isListed : operator === 'NotIn' && !isListed;
  });
  const hasLabels = Object.keys(matchLabels).length > 0 && matchesLabels(podLabels, matchLabels);
  return hasLabels && isSelected && asMaps(ingress).length > 0 && asMaps(egress).length > 0;
}

/** Whether a policy selects pods with these labels and has no rule for either direction. */
function isDefaultDeny({ egress, ingress, podSelector, policyTypes }: Tree, podLabels: Tree): boolean {
  const types = Array.isArray(policyTypes) ? policyTypes : [];
  const deniesAll = ingress === undefined && egress === undefined;
  return (
    deniesAll &&
    ['Ingress', 'Egress'].every((type) => types.includes(type)) &&
    get(podSelector, 'matchExpressions') === undefined &&
    matchesLabels(podLabels, get(podSelector, 'matchLabels'))
  );
}

/** Rules about namespaces, network isolation, secrets and RBAC. */
export const accessRules: readonly Rule[] = [
  objectRule('namespace', [], function* (document) {
    if (isClusterScoped(document.object)) return;
    // Of other custom resources, nobody here knows whether they belong to a namespace.
    if (namespaceOf(document) === '' && !isComplete(document.object)) return;
    if (['', 'default', 'kube-system', 'kube-public'].includes(namespaceOf(document)))
      yield 'must set metadata.namespace to a namespace other than default, kube-system and kube-public';
  }),
  objectRule('pod-security-label', ['Namespace'], function* ({ object }, manifests) {
    const level = get(object, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce');
    const hasPods = manifests.workloads.some(
      ({ document }) => namespaceOf(document) === object.metadata?.name,
    );
    if (hasPods && level !== 'restricted')
      yield 'must have the label pod-security.kubernetes.io/enforce: restricted';
    if (!level) yield 'must have a pod-security.kubernetes.io/enforce label';
  }),
  podRule('network-policy', function* ({ document, kind, podLabels }, manifests) {
    if (!['Deployment', 'CronJob', 'Job'].includes(kind)) return;
    const policies = documentsOfKind(manifests, 'NetworkPolicy')
      .filter((policy) => namespaceOf(policy) === namespaceOf(document))
      .map(({ object }) => asMap(get(object, 'spec')));
    if (!policies.some((policy) => isolates(policy, podLabels)))
      yield 'needs one NetworkPolicy with ingress and egress rules that selects its pods';
    if (!policies.some((policy) => isDefaultDeny(policy, podLabels)))
      yield 'needs a NetworkPolicy that selects its pods and denies all other traffic';
  }),
  objectRule('no-secrets', ['Secret'], function* ({ object }) {
    if (get(object, 'data') || get(object, 'stringData'))
      yield 'must not contain data or stringData, because this output is committed to git';
  }),
  objectRule('config-map-secrets', ['ConfigMap'], function* ({ object }) {
    for (const [key, value] of Object.entries(asMap(get(object, 'data')))) {
      const hasPassword =
        /:\/\/[^\s/:@]+:[^\s/@]+@/.test(asText(value)) || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(asText(value));
      const isNamedSo = /password|secret|token|jwt|credential|bearer/i.test(key) && !plainKeys.has(key);
      if (hasPassword || isNamedSo) yield `must not contain the secret ${key}: move it to a Secret`;
    }
  }),
  objectRule('rbac', ['Role', 'ClusterRole'], function* ({ object }) {
    for (const rule of asMaps(get(object, 'rules'))) {
      const all = [rule.verbs, rule.resources, rule.apiGroups].flat().map(asText);
      if (all.includes('*')) yield 'must not use the wildcard *';
      if (all.includes('pods/exec') || all.includes('secrets'))
        yield 'must not grant access to pods/exec or secrets';
    }
  }),
];
