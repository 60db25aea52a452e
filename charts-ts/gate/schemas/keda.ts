import type { Manifest } from '../../manifest.ts';
import { get } from '../untyped.ts';
import { boolean, checkSpec, integer, strict, string, texts } from './strict-schema.ts';

const object = { type: 'object' } as const;

/** The fields of a ScaledObject of KEDA 2. Which metadata a trigger has depends on its type, of which there are dozens. */
const spec = strict(
  {
    scaleTargetRef: strict(
      { apiVersion: string, kind: string, name: string, envSourceContainerName: string },
      ['name'],
    ),
    pollingInterval: integer,
    cooldownPeriod: integer,
    initialCooldownPeriod: integer,
    idleReplicaCount: integer,
    minReplicaCount: integer,
    maxReplicaCount: integer,
    fallback: strict({ failureThreshold: integer, replicas: integer, behavior: string }, [
      'failureThreshold',
      'replicas',
    ]),
    advanced: strict({
      restoreToOriginalReplicaCount: boolean,
      horizontalPodAutoscalerConfig: strict({ name: string, behavior: object }),
      scalingModifiers: strict({
        formula: string,
        target: string,
        activationTarget: string,
        metricType: { enum: ['AverageValue', 'Value'] },
      }),
    }),
    triggers: {
      type: 'array',
      minItems: 1,
      items: strict(
        {
          type: string,
          name: string,
          metricType: { enum: ['AverageValue', 'Utilization', 'Value'] },
          useCachedMetrics: boolean,
          authenticationRef: strict({ name: string, kind: string }, ['name']),
          metadata: texts,
        },
        ['type', 'metadata'],
      ),
    },
  },
  ['scaleTargetRef', 'triggers'],
);

const isScaledObject = ({ apiVersion, kind }: Manifest): boolean =>
  apiVersion === 'keda.sh/v1alpha1' && kind === 'ScaledObject';

/** Checks a ScaledObject and returns messages, or undefined for any other kind. */
export async function checkKeda(manifest: Manifest): Promise<string[] | undefined> {
  return isScaledObject(manifest) ? checkSpec(manifest, spec) : undefined;
}

/** The path of what KEDA passes on to the HorizontalPodAutoscaler that it creates. */
export const behaviorPath = 'spec.advanced.horizontalPodAutoscalerConfig.behavior';

/** The HorizontalPodAutoscaler that KEDA creates, as far as its behavior goes, so that the types of Kubernetes check it. */
export function autoscalerOf(manifest: Manifest): Manifest | undefined {
  const behavior = get(manifest, ...behaviorPath.split('.'));
  if (!isScaledObject(manifest) || behavior === undefined) return undefined;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'target' };
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'created-by-keda' },
    spec: { scaleTargetRef, maxReplicas: 1, behavior },
  };
  return autoscaler;
}
