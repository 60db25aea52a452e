import { podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

/** Rules about the probes of a Deployment and the placement of its pods. */
export const placementRules: readonly Rule[] = [
  podRule('probes', function* ({ kind, podSpec }) {
    if (kind !== 'Deployment') return;
    for (const container of asMaps(podSpec.containers)) {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        if (!container[probe]) yield `container ${asText(container.name)} must have a ${probe}`;
      }
      const path = (probe: string) => get(container, probe, 'httpGet', 'path');
      if (path('livenessProbe') !== undefined && path('livenessProbe') === path('readinessProbe')) {
        yield `container ${asText(container.name)} must probe different paths for liveness and readiness`;
      }
    }
  }),
  podRule('anti-affinity', function* ({ kind, podSpec }) {
    if (kind !== 'Deployment') return;
    const antiAffinity = asMap(get(podSpec, 'affinity', 'podAntiAffinity'));
    const terms = [
      ...asMaps(antiAffinity.preferredDuringSchedulingIgnoredDuringExecution).map(
        ({ podAffinityTerm }) => podAffinityTerm,
      ),
      ...asMaps(antiAffinity.requiredDuringSchedulingIgnoredDuringExecution),
    ];
    if (!terms.some((term) => get(term, 'topologyKey') === 'kubernetes.io/hostname'))
      yield 'must set a podAntiAffinity with the topologyKey kubernetes.io/hostname';
  }),
  podRule('topology-spread', function* ({ kind, podSpec }) {
    if (kind !== 'Deployment') return;
    const constraints = asMaps(podSpec.topologySpreadConstraints);
    if (!constraints.some(({ labelSelector, maxSkew }) => labelSelector && Number(maxSkew) >= 1)) {
      yield 'must set a topologySpreadConstraint with labelSelector and maxSkew';
    }
  }),
];
