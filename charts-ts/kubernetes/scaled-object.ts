import { Construct } from 'constructs';
import { addObject, type Manifest } from '../manifest.ts';
import { hashWaitTrigger, type KedaTrigger } from '../monitoring/hash-wait.ts';
import { apiContainer, metadata, namesOf } from '../names.ts';
import { dropNulls, mergeTrees, type Tree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

/** The gate checks the fields of the spec (gate/schemas/keda.ts). */
type ScaledObjectManifest = Manifest & { readonly spec: Tree };

function utilization(values: Values, type: 'cpu' | 'memory', percent: number): KedaTrigger {
  const ofContainer = values.autoscaling.measuredContainers === 'api' && { containerName: apiContainer };
  return { type, metricType: 'Utilization', metadata: { value: String(percent), ...ofContainer } };
}

function triggers(values: Values): unknown[] {
  const { cpuUtilization, hashWait, keda, memoryUtilization } = values.autoscaling;
  return [
    ...(cpuUtilization === undefined ? [] : [utilization(values, 'cpu', cpuUtilization)]),
    ...(memoryUtilization === undefined ? [] : [utilization(values, 'memory', memoryUtilization)]),
    ...(hashWait.enabled && keda.prometheusAddress ? [hashWaitTrigger(values, keda.prometheusAddress)] : []),
    ...keda.triggers,
  ];
}

/**
 * The autoscaler of the API by KEDA, which creates the HorizontalPodAutoscaler itself. That one keeps its name, for the
 * alerts, and so that KEDA takes over one that an earlier apply has created.
 */
export class ScaledObject extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { app, autoscaler } = namesOf(values);
    const { behavior, keda, maxReplicas, minReplicas } = values.autoscaling;
    const horizontalPodAutoscalerConfig = { name: autoscaler, ...(behavior && { behavior }) };
    const spec = {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      advanced: { horizontalPodAutoscalerConfig },
      triggers: triggers(values),
    };
    addObject<ScaledObjectManifest>(this, 'scaled-object', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: metadata(values, app, {
        annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
      }),
      spec: dropNulls(mergeTrees(spec, keda.options)),
    });
  }
}
