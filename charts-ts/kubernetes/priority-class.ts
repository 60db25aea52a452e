import { Construct } from 'constructs';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import { addObject } from '../manifest.ts';
import { standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** On a full node, Kubernetes evicts pods of lower priority first. Other services cannot log users in without this one. */
export class PriorityClass extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { name, value } = values.scheduling.priorityClass;
    addObject<IPriorityClass>(this, 'priority-class', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name, labels: standardLabels(values, 'scheduling') },
      value,
      description: 'auth-service: other services depend on it to authenticate their users',
    });
  }
}
