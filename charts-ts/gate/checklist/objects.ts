import type { Document } from '../document.ts';
import { get, includes, text, tree, trees } from '../json.ts';
import type { Rule } from '../rule.ts';
import { createWorld, nameOf, namespaceOf, ofKind, type World } from '../world.ts';

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

function objectRule(
  id: string,
  covers: readonly string[],
  kinds: readonly string[],
  check: (document: Document, world: World) => Iterable<string>,
): Rule {
  return {
    id,
    covers,
    *check(world) {
      const chosen = kinds.length > 0 ? ofKind(world, ...kinds) : world.documents;
      for (const document of chosen)
        for (const message of check(document, world)) yield { document, message };
    },
  };
}

const isRouted = (document: Document, world: World): boolean =>
  createWorld([document]).workloads.some(({ document: own, labels }) =>
    ofKind(world, 'NetworkPolicy').some((policy) => {
      const types = get(policy.object, 'spec', 'policyTypes');
      const both = Array.isArray(types) && types.includes('Ingress') && types.includes('Egress');
      const selected = includes(labels, get(policy.object, 'spec', 'podSelector', 'matchLabels'));
      return both && selected && namespaceOf(policy) === namespaceOf(own);
    }),
  );

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
    'rolling-update',
    ['kube-linter no-rolling-update-strategy', 'polaris deploymentStrategy'],
    ['Deployment'],
    function* ({ object }) {
      if (get(object, 'spec', 'strategy', 'type') !== 'RollingUpdate')
        yield 'needs the strategy RollingUpdate';
      if (get(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') !== 0)
        yield 'needs maxUnavailable 0';
      if (get(object, 'spec', 'revisionHistoryLimit') === undefined) yield 'needs a revisionHistoryLimit';
    },
  ),
  objectRule(
    'replicas',
    [
      'kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured',
      'kube-linter minimum-three-replicas',
    ],
    ['Deployment'],
    function* (document, world) {
      const replicas = get(document.object, 'spec', 'replicas');
      const scaled = ofKind(world, 'HorizontalPodAutoscaler').some(
        (one) => get(one.object, 'spec', 'scaleTargetRef', 'name') === nameOf(document),
      );
      if (scaled && replicas !== undefined) yield 'must leave replicas to its HorizontalPodAutoscaler';
      if (!scaled && !(Number(replicas) >= 2)) yield 'needs at least two replicas';
    },
  ),
  objectRule(
    'autoscaler-bounds',
    ['kube-linter hpa-minimum-three-replicas', 'kube-score horizontalpodautoscaler-replicas'],
    ['HorizontalPodAutoscaler'],
    function* ({ object }) {
      const { maxReplicas, minReplicas } = tree(get(object, 'spec'));
      if (!(Number(minReplicas) >= 3)) yield 'needs minReplicas of at least 3';
      if (!(Number(maxReplicas) > Number(minReplicas))) yield 'needs maxReplicas above minReplicas';
    },
  ),
  objectRule(
    'disruption-budget',
    [
      'kube-linter pdb-max-unavailable',
      'kube-linter pdb-min-available',
      'kube-linter pdb-unhealthy-pod-eviction-policy',
      'kube-score deployment-has-poddisruptionbudget',
      'polaris missingPodDisruptionBudget',
    ],
    ['PodDisruptionBudget'],
    function* ({ object }) {
      const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = tree(get(object, 'spec'));
      if ((maxUnavailable === undefined) === (minAvailable === undefined))
        yield 'needs exactly one of maxUnavailable and minAvailable';
      if (maxUnavailable === 0 || maxUnavailable === '0%' || minAvailable === '100%')
        yield 'must allow a disruption';
      if (unhealthyPodEvictionPolicy !== 'AlwaysAllow') yield 'needs unhealthyPodEvictionPolicy AlwaysAllow';
    },
  ),
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
      if (!isRouted(document, world)) yield 'needs a NetworkPolicy of both directions that selects its pods';
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
        if (hasPassword || /password|secret|token/i.test(key)) yield `must not hold the secret ${key}`;
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
  objectRule(
    'job-limits',
    ['kube-linter job-ttl-seconds-after-finished', 'kube-score cronjob-has-deadline'],
    ['Job', 'CronJob'],
    function* ({ object }) {
      const isCron = object.kind === 'CronJob';
      const job = tree(isCron ? get(object, 'spec', 'jobTemplate', 'spec') : get(object, 'spec'));
      for (const field of ['ttlSecondsAfterFinished', 'backoffLimit', 'activeDeadlineSeconds']) {
        if (job[field] === undefined) yield `needs ${field}`;
      }
      if (isCron && get(object, 'spec', 'startingDeadlineSeconds') === undefined)
        yield 'needs startingDeadlineSeconds';
      if (isCron && get(object, 'spec', 'concurrencyPolicy') !== 'Forbid')
        yield 'needs concurrencyPolicy Forbid';
    },
  ),
];
