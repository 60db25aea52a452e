import type { Document } from './document.ts';
import { documentsOfKind, type ManifestSet, nameOf, namespaceOf } from './manifest-set.ts';
import { asMap, asMaps, asText, get } from './untyped.ts';

/** What scales a workload: a HorizontalPodAutoscaler, or a ScaledObject of KEDA. */
export interface Autoscaler {
  readonly document: Document;
  readonly target: { readonly kind: string; readonly name: string };
  readonly minimum: number;
  readonly maximum: number;
  /** The resources whose use it compares with their requests. Without a container, those of all containers count. */
  readonly measures: readonly { readonly resource: string; readonly container?: string }[];
  /** The fields of the bounds. */
  readonly fields: readonly [minimum: string, maximum: string];
}

function ofKubernetes(document: Document): Autoscaler {
  const { maxReplicas, metrics, minReplicas, scaleTargetRef } = asMap(get(document.object, 'spec'));
  const measures = asMaps(metrics).flatMap((metric) => {
    const inPod = asText(get(metric, 'resource', 'name'));
    const inContainer = asText(get(metric, 'containerResource', 'name'));
    const container = asText(get(metric, 'containerResource', 'container'));
    if (inPod) return [{ resource: inPod }];
    return inContainer ? [{ resource: inContainer, container }] : [];
  });
  return {
    document,
    target: { kind: asText(get(scaleTargetRef, 'kind')), name: asText(get(scaleTargetRef, 'name')) },
    minimum: Number(minReplicas ?? 1),
    maximum: Number(maxReplicas),
    measures,
    fields: ['minReplicas', 'maxReplicas'],
  };
}

function ofKeda(document: Document): Autoscaler {
  const { maxReplicaCount, minReplicaCount, scaleTargetRef, triggers } = asMap(get(document.object, 'spec'));
  const measures = asMaps(triggers)
    .filter(
      ({ metricType, type }) => metricType === 'Utilization' && ['cpu', 'memory'].includes(asText(type)),
    )
    .map(({ metadata, type }) => {
      const container = asText(get(metadata, 'containerName'));
      return { resource: asText(type), ...(container && { container }) };
    });
  return {
    document,
    target: {
      kind: asText(get(scaleTargetRef, 'kind')) || 'Deployment',
      name: asText(get(scaleTargetRef, 'name')),
    },
    minimum: Number(minReplicaCount ?? 0),
    maximum: Number(maxReplicaCount ?? 100),
    measures,
    fields: ['minReplicaCount', 'maxReplicaCount'],
  };
}

/** The autoscaler that one of these objects is. */
export const autoscalerIn = (document: Document): Autoscaler =>
  document.object.kind === 'ScaledObject' ? ofKeda(document) : ofKubernetes(document);

export const autoscalerKinds = ['HorizontalPodAutoscaler', 'ScaledObject'] as const;

/** The autoscaler of a workload. */
export function autoscalerFor(manifests: ManifestSet, workload: Document): Autoscaler | undefined {
  return documentsOfKind(manifests, ...autoscalerKinds)
    .filter((document) => namespaceOf(document) === namespaceOf(workload))
    .map(autoscalerIn)
    .find(({ target }) => target.kind === workload.object.kind && target.name === nameOf(workload));
}
