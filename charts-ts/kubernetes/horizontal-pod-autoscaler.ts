import { Construct } from 'constructs';
import type { IHorizontalPodAutoscaler, IMetricSpec } from 'kubernetes-models/autoscaling/v2';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { adapterRules, hashWaitMetric } from '../monitoring/hash-wait.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

function utilization(name: 'cpu' | 'memory', averageUtilization: number): IMetricSpec {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

function metrics(values: Values): IMetricSpec[] {
  const { cpuUtilization, extraMetrics, hashWait, memoryUtilization } = values.autoscaling;
  return [
    utilization('cpu', cpuUtilization),
    ...(memoryUtilization === undefined ? [] : [utilization('memory', memoryUtilization)]),
    ...(hashWait.enabled ? [hashWaitMetric(values)] : []),
    // reason: the schema takes any map here, and the gate checks it against the types of autoscaling/v2.
    ...(extraMetrics as unknown as IMetricSpec[]),
  ];
}

/** Scales up fast, because many logins use all CPU within seconds, and scales down slowly. */
const behavior: NonNullable<IHorizontalPodAutoscaler['spec']>['behavior'] = {
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
};

/** The autoscaler of the API and, for its custom metric, the rule of prometheus-adapter. */
export class HorizontalPodAutoscaler extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { hashWait, maxReplicas, minReplicas } = values.autoscaling;
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
        behavior,
      },
    });
  }
}
