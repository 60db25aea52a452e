import { get, text, tree, trees } from '../json.ts';
import { podRule, type Rule } from '../rule.ts';
import { find, nameOf } from '../world.ts';

const allowedVolumes = ['emptyDir', 'secret', 'configMap', 'projected', 'csi'];
const recommended = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by'];

/** What a pod may be and do, and how it is spread. */
export const podRules: readonly Rule[] = [
  podRule(
    'pod-security-context',
    ['KSV-0012', 'KSV-0105', 'CKV_K8S_29', 'C-0211'],
    function* ({ spec: { securityContext } }) {
      for (const field of ['runAsUser', 'runAsGroup', 'fsGroup']) {
        if (!(Number(get(securityContext, field)) > 10_000))
          yield `needs a pod securityContext.${field} above 10000`;
      }
      if (get(securityContext, 'runAsNonRoot') !== true)
        yield 'needs a pod securityContext.runAsNonRoot: true';
      if (get(securityContext, 'seccompProfile', 'type') !== 'RuntimeDefault')
        yield 'needs a pod seccompProfile RuntimeDefault';
    },
  ),
  podRule(
    'host-access',
    [
      'KSV-0008',
      'KSV-0009',
      'KSV-0010',
      'KSV-0026',
      'CKV_K8S_17',
      'CKV_K8S_18',
      'CKV_K8S_19',
      'C-0038',
      'C-0041',
      'polaris hostNetworkSet',
      'kube-linter host-network',
    ],
    function* ({ spec }) {
      for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
        if (spec[field] === true) yield `must not set ${field}`;
      if (spec.hostAliases !== undefined) yield 'must not set hostAliases';
      if (get(spec, 'securityContext', 'sysctls') !== undefined) yield 'must not set sysctls';
    },
  ),
  podRule(
    'volumes',
    ['KSV-0023', 'KSV-0028', 'CKV_K8S_27', 'C-0045', 'C-0048', 'polaris hostPathSet'],
    function* ({ spec }) {
      for (const { name, ...source } of trees(spec.volumes)) {
        const [kind = ''] = Object.keys(source);
        if (!allowedVolumes.includes(kind))
          yield `volume ${text(name)} must be one of ${allowedVolumes.join(', ')}`;
        if (kind === 'emptyDir' && !get(source, 'emptyDir', 'sizeLimit'))
          yield `volume ${text(name)} needs a sizeLimit`;
      }
    },
  ),
  podRule(
    'service-account',
    ['CKV_K8S_41', 'C-0020', 'kube-linter non-existent-service-account'],
    function* ({ document, spec }, world) {
      const { serviceAccountName } = spec;
      if (!serviceAccountName || serviceAccountName === 'default') yield 'needs a ServiceAccount of its own';
      else if (!find(world, 'ServiceAccount', serviceAccountName, document))
        yield `names the ServiceAccount ${text(serviceAccountName)}, which is not there`;
    },
  ),
  podRule(
    'service-account-token',
    ['KSV-0036', 'CKV_K8S_38', 'C-0034', 'polaris automountServiceAccountToken'],
    function* ({ document, spec }, world) {
      if (spec.automountServiceAccountToken !== false) yield 'needs automountServiceAccountToken: false';
      const account = find(world, 'ServiceAccount', spec.serviceAccountName, document);
      if (account && get(account.object, 'automountServiceAccountToken') !== false)
        yield 'needs automountServiceAccountToken: false on its ServiceAccount too';
    },
  ),
  podRule('priority-class', ['polaris priorityClassNotSet'], function* ({ spec }) {
    if (!spec.priorityClassName) yield 'needs a priorityClassName';
  }),
  podRule('service-links', [], function* ({ spec }) {
    if (spec.enableServiceLinks !== false) yield 'needs enableServiceLinks: false';
  }),
  podRule(
    'labels',
    ['C-0076', 'C-0077', 'polaris metadataAndInstanceMismatched'],
    function* ({ document, labels }) {
      const own = get(document.object, 'metadata', 'labels');
      for (const label of recommended.map((name) => `app.kubernetes.io/${name}`)) {
        if (!get(own, label)) yield `needs the label ${label}`;
        if (!labels[label]) yield `needs the label ${label} on its pods`;
      }
      if (get(own, 'app.kubernetes.io/instance') !== nameOf(document))
        yield 'needs app.kubernetes.io/instance to be its name';
    },
  ),
  podRule(
    'probes',
    [
      'CKV_K8S_8',
      'CKV_K8S_9',
      'C-0018',
      'C-0056',
      'kube-score pod-probes',
      'kube-score pod-probes-identical',
      'polaris livenessProbeMissing',
      'polaris readinessProbeMissing',
    ],
    function* ({ kind, spec }) {
      if (kind !== 'Deployment') return;
      for (const container of trees(spec.containers)) {
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
          if (!container[probe]) yield `container ${text(container.name)} needs a ${probe}`;
        }
        const path = (probe: string) => get(container, probe, 'httpGet', 'path');
        if (path('livenessProbe') !== undefined && path('livenessProbe') === path('readinessProbe')) {
          yield `container ${text(container.name)} needs different paths for liveness and readiness`;
        }
      }
    },
  ),
  podRule(
    'anti-affinity',
    ['kube-linter no-anti-affinity', 'kube-score deployment-has-host-podantiaffinity'],
    function* ({ kind, spec }) {
      if (kind !== 'Deployment') return;
      const rules = tree(get(spec, 'affinity', 'podAntiAffinity'));
      const terms = [
        ...trees(rules.preferredDuringSchedulingIgnoredDuringExecution).map(
          ({ podAffinityTerm }) => podAffinityTerm,
        ),
        ...trees(rules.requiredDuringSchedulingIgnoredDuringExecution),
      ];
      if (!terms.some((term) => get(term, 'topologyKey') === 'kubernetes.io/hostname'))
        yield 'needs podAntiAffinity on kubernetes.io/hostname';
    },
  ),
  podRule(
    'topology-spread',
    ['polaris topologySpreadConstraint', 'kube-score pod-topology-spread-constraints'],
    function* ({ kind, spec }) {
      if (kind !== 'Deployment') return;
      const constraints = trees(spec.topologySpreadConstraints);
      if (!constraints.some(({ labelSelector, maxSkew }) => labelSelector && Number(maxSkew) >= 1)) {
        yield 'needs a topologySpreadConstraint with labelSelector and maxSkew';
      }
    },
  ),
];
