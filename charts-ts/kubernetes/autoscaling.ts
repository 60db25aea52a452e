import { Construct } from 'constructs';
import type { IHorizontalPodAutoscaler, IMetricSpec } from 'kubernetes-models/autoscaling/v2';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { adapterRules, hashWaitMetric } from '../monitoring/hash-wait.ts';
import { metadata, names } from '../names.ts';
import type { Values } from '../values/schema.ts';

function utilization(name: 'cpu' | 'memory', averageUtilization: number): IMetricSpec {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

function addAdapterRule(scope: Construct, values: Values): void {
  addObject<IConfigMap>(scope, 'adapter-rule', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(values, `${names.app}-adapter-rule`, { component: 'monitoring' }),
    data: { 'rules.yaml': adapterRules() },
  });
}

/** Follows load quickly upwards, since a login flood is CPU at once, and slowly downwards. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { cpuUtilization, extraMetrics, hashWait, maxReplicas, memoryUtilization, minReplicas } =
      values.autoscaling;
    if (hashWait.enabled) addAdapterRule(this, values);
    addObject<IHorizontalPodAutoscaler>(this, 'autoscaler', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata(values, names.autoscaler),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.app },
        minReplicas,
        maxReplicas,
        metrics: [
          utilization('cpu', cpuUtilization),
          ...(memoryUtilization === undefined ? [] : [utilization('memory', memoryUtilization)]),
          ...(hashWait.enabled ? [hashWaitMetric(values)] : []),
          // reason: metrics of the operator are passed on as they are; the gate checks them against the API's schema.
          ...(extraMetrics as unknown as IMetricSpec[]),
        ],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            selectPolicy: 'Max',
            policies: [
              { type: 'Percent', value: 100, periodSeconds: 30 },
              { type: 'Pods', value: 4, periodSeconds: 30 },
            ],
          },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
          },
        },
      },
    });
  }
}
