import { Construct } from 'constructs';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { addObject } from '../manifest.ts';
import { apiSelector, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** Limits how many pods a node drain evicts at the same time. */
export class PodDisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { enabled: _, ...limit } = values.disruptionBudget;
    addObject<IPodDisruptionBudget>(this, 'budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(values, namesOf(values).app),
      spec: {
        ...limit,
        selector: { matchLabels: apiSelector(values) },
        // A pod that is not ready must not block the drain of its node.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
