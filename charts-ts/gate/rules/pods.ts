import { apiContainer } from '../../names.ts';
import type { Tree } from '../../values/merge.ts';
import type { Document } from '../document.ts';
import { findObject, nameOf } from '../manifest-set.ts';
import { podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

// Those of the Pod Security Standard "restricted".
const allowedVolumes = [
  ...['emptyDir', 'secret', 'configMap', 'projected', 'csi', 'persistentVolumeClaim'],
  ...['ephemeral', 'downwardAPI'],
];
const recommendedLabels = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by'];

const probeKinds = ['startupProbe', 'livenessProbe', 'readinessProbe'];

/** The probes that a sidecar needs. One that nobody connects to has nothing that a probe could ask. */
const sidecarProbes = ({ ports }: Tree): string[] => (asMaps(ports).length > 0 ? ['readinessProbe'] : []);
/** One pod has nothing to spread over. */
const isSinglePod = ({ object }: Document): boolean => get(object, 'spec', 'replicas') === 1;

/** Rules about the rights, the identity, the labels, the probes and the placement of a pod. */
export const podRules: readonly Rule[] = [
  podRule('pod-security-context', function* ({ podSpec: { securityContext } }) {
    if (get(securityContext, 'runAsNonRoot') !== true)
      yield "must set the pod's securityContext.runAsNonRoot: true";
    if (get(securityContext, 'seccompProfile', 'type') !== 'RuntimeDefault')
      yield "must set the pod's securityContext.seccompProfile.type: RuntimeDefault";
  }),
  podRule('host-access', function* ({ podSpec }) {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'])
      if (podSpec[field] === true) yield `must not set ${field}`;
    if (get(podSpec, 'securityContext', 'sysctls') !== undefined) yield 'must not set sysctls';
  }),
  podRule('host-aliases', function* ({ podSpec }) {
    if (podSpec.hostAliases !== undefined) yield 'must not set hostAliases';
  }),
  podRule('volumes', function* ({ podSpec }) {
    for (const { name, ...source } of asMaps(podSpec.volumes)) {
      const [type = ''] = Object.keys(source);
      if (!allowedVolumes.includes(type))
        yield `volume ${asText(name)} must be one of ${allowedVolumes.join(', ')}`;
      if (type === 'emptyDir' && !get(source, 'emptyDir', 'sizeLimit'))
        yield `volume ${asText(name)} must set emptyDir.sizeLimit`;
    }
  }),
  podRule('service-account', function* ({ document, podSpec }, manifests) {
    const { serviceAccountName } = podSpec;
    if (!serviceAccountName || serviceAccountName === 'default')
      yield 'must set serviceAccountName to a ServiceAccount other than default';
    else if (!findObject(manifests, 'ServiceAccount', serviceAccountName, document))
      yield `refers to the ServiceAccount ${asText(serviceAccountName)}, which does not exist`;
  }),
  podRule('service-account-token', function* ({ document, podSpec }, manifests) {
    if (podSpec.automountServiceAccountToken !== false) yield 'must set automountServiceAccountToken: false';
    const account = findObject(manifests, 'ServiceAccount', podSpec.serviceAccountName, document);
    if (account && get(account.object, 'automountServiceAccountToken') !== false)
      yield 'must use a ServiceAccount that sets automountServiceAccountToken: false';
  }),
  podRule('priority-class', function* ({ podSpec }) {
    if (!podSpec.priorityClassName) yield 'must set priorityClassName';
  }),
  podRule('service-links', function* ({ podSpec }) {
    if (podSpec.enableServiceLinks !== false) yield 'must set enableServiceLinks: false';
  }),
  podRule('labels', function* ({ document, podLabels }) {
    const labels = get(document.object, 'metadata', 'labels');
    for (const label of recommendedLabels.map((name) => `app.kubernetes.io/${name}`)) {
      if (!get(labels, label)) yield `must have the label ${label}`;
      if (!podLabels[label]) yield `must have the label ${label} on its pods`;
    }
    if (get(labels, 'app.kubernetes.io/instance') !== nameOf(document))
      yield 'must set the label app.kubernetes.io/instance to its own name';
  }),
  podRule('probes', function* ({ kind, podSpec }) {
    if (kind !== 'Deployment') return;
    for (const [index, container] of asMaps(podSpec.containers).entries()) {
      const isSidecar = index > 0 && asText(container.name) !== apiContainer;
      for (const probe of isSidecar ? sidecarProbes(container) : probeKinds) {
        if (!container[probe]) yield `container ${asText(container.name)} must have a ${probe}`;
      }
      if (isSidecar) continue;
      const path = (probe: string) => get(container, probe, 'httpGet', 'path');
      if (path('livenessProbe') !== undefined && path('livenessProbe') === path('readinessProbe')) {
        yield `container ${asText(container.name)} must probe different paths for liveness and readiness`;
      }
    }
  }),
  podRule('probe-port', function* ({ kind, podSpec }) {
    if (kind !== 'Deployment') return;
    for (const container of asMaps(podSpec.containers)) {
      if (!asMaps(container.ports).some(({ name }) => name === 'metrics')) continue;
      for (const probe of probeKinds) {
        const port = get(container, probe, 'httpGet', 'port');
        if (port !== undefined && port !== 'metrics')
          yield `container ${asText(container.name)} must have its ${probe} on the port metrics, which clients cannot slow down`;
      }
    }
  }),
  podRule('anti-affinity', function* ({ document, kind, podSpec }) {
    if (kind !== 'Deployment' || isSinglePod(document)) return;
    const antiAffinity = asMap(get(podSpec, 'affinity', 'podAntiAffinity'));
    const terms = [
      ...asMaps(podSpec.topologySpreadConstraints),
      ...asMaps(antiAffinity.preferredDuringSchedulingIgnoredDuringExecution).map(
        ({ podAffinityTerm }) => podAffinityTerm,
      ),
      ...asMaps(antiAffinity.requiredDuringSchedulingIgnoredDuringExecution),
    ];
    if (!terms.some((term) => get(term, 'topologyKey') === 'kubernetes.io/hostname'))
      yield 'must spread its pods over nodes: a topologySpreadConstraint or podAntiAffinity with the topologyKey kubernetes.io/hostname';
  }),
  podRule('topology-spread', function* ({ document, kind, podSpec }) {
    if (kind !== 'Deployment' || isSinglePod(document)) return;
    const constraints = asMaps(podSpec.topologySpreadConstraints);
    if (!constraints.some(({ labelSelector, maxSkew }) => labelSelector && Number(maxSkew) >= 1)) {
      yield 'must set a topologySpreadConstraint with labelSelector and maxSkew';
    }
  }),
];
