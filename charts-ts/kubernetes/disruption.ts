import { Construct } from 'constructs';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { addObject } from '../manifest.ts';
import { metadata, names, selector } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** How many pods node drains may take away at once. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    addObject<IPodDisruptionBudget>(this, 'budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(values, names.app),
      spec: {
        ...values.disruptionBudget,
        selector: { matchLabels: selector },
        // Pods that are not ready anyway must not block the drain of a node.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
