import type { Loose } from '../synthesized.ts';
import { selects } from './label-selectors.ts';
import { templateOf } from './neighbour.ts';

/** What an object selects by labels. */
interface Selection {
  readonly title: string;
  isSelected(object: Loose): boolean;
}

/** A selector of pods of a namespace. */
function podsOf(title: string, namespace: string, selector: Loose): Selection {
  return {
    title,
    isSelected: (object) => {
      const labels = templateOf(object)?.metadata?.labels;
      return object.metadata.namespace === namespace && labels !== undefined && selects(selector, labels);
    },
  };
}

function servicesOf(title: string, namespace: string, selector: Loose): Selection {
  return {
    title,
    isSelected: ({ kind, metadata }) =>
      kind === 'Service' && metadata.namespace === namespace && selects(selector, metadata.labels ?? {}),
  };
}

/** How the scheduler spreads the pods of a template: by the pods that these selectors select. */
function placementOf(title: string, namespace: string, { affinity = {}, ...rest }: Loose): Selection[] {
  const { preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } = affinity.podAntiAffinity ?? {};
  const { requiredDuringSchedulingIgnoredDuringExecution: required = [] } = affinity.podAntiAffinity ?? {};
  const terms = [...preferred.map(({ podAffinityTerm }: Loose) => podAffinityTerm), ...required];
  const { topologySpreadConstraints: constraints = [] } = rest;
  return [
    ...terms.map(({ labelSelector }: Loose) => podsOf(`${title} anti-affinity`, namespace, labelSelector)),
    ...constraints.map(({ labelSelector }: Loose) => podsOf(`${title} spread`, namespace, labelSelector)),
  ];
}

/** Every selector by labels in an object. */
export function selectionsOf(object: Loose): Selection[] {
  const { kind, metadata, spec } = object;
  const title = `${kind} ${metadata.name}`;
  const pods = (selector: Loose) => podsOf(title, metadata.namespace, selector);
  const [scraped = metadata.namespace] = spec?.namespaceSelector?.matchNames ?? [];
  switch (kind) {
    case 'Deployment':
      return [pods(spec.selector), ...placementOf(title, metadata.namespace, spec.template.spec)];
    case 'Service':
      return [pods({ matchLabels: spec.selector })];
    case 'PodDisruptionBudget':
      return [pods(spec.selector)];
    case 'NetworkPolicy':
      return [pods(spec.podSelector)];
    case 'ServiceMonitor':
      return [servicesOf(title, scraped, spec.selector)];
    case 'PodMonitor':
      return [podsOf(title, scraped, spec.selector)];
    default:
      return [];
  }
}
