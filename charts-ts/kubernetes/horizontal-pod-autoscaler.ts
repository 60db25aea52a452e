import { Construct } from 'constructs';
import type { IHorizontalPodAutoscaler, IMetricSpec } from 'kubernetes-models/autoscaling/v2';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { adapterRules, hashWaitMetric } from '../monitoring/hash-wait.ts';
import { apiContainer, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Use of a resource in per cent of its request, of the whole pod or only of the container of the API. */
function utilization(values: Values, name: 'cpu' | 'memory', averageUtilization: number): IMetricSpec {
  const target = { type: 'Utilization', averageUtilization };
  return values.autoscaling.measuredContainers === 'all'
    ? { type: 'Resource', resource: { name, target } }
    : { type: 'ContainerResource', containerResource: { name, container: apiContainer, target } };
}

function metrics(values: Values): IMetricSpec[] {
  const { cpuUtilization, extraMetrics, hashWait, memoryUtilization } = values.autoscaling;
  return [
    ...(cpuUtilization === undefined ? [] : [utilization(values, 'cpu', cpuUtilization)]),
    ...(memoryUtilization === undefined ? [] : [utilization(values, 'memory', memoryUtilization)]),
    ...(hashWait.enabled ? [hashWaitMetric(values)] : []),
    // reason: the schema takes any map here, and the gate checks it against the types of autoscaling/v2.
    ...(extraMetrics as unknown as IMetricSpec[]),
  ];
}

/** The autoscaler of the API and, for its custom metric, the rule of prometheus-adapter. */
export class HorizontalPodAutoscaler extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { behavior, hashWait, maxReplicas, minReplicas } = values.autoscaling;
    if (hashWait.enabled) {
      addObject<IConfigMap>(this, 'adapter-rule', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(values, `${namesOf(values).app}-adapter-rule`, { component: 'monitoring' }),
        data: { 'rules.yaml': adapterRules() },
      });
    }
    addObject<IHorizontalPodAutoscaler>(this, 'autoscaler', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata(values, namesOf(values).autoscaler),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: namesOf(values).app },
        minReplicas,
        maxReplicas,
        metrics: metrics(values),
        ...(behavior && { behavior }),
      },
    });
  }
}
