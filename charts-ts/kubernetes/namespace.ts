import { Construct } from 'constructs';
import type { INamespace } from 'kubernetes-models/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { podSecurityLabels, standardLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** The namespace of the service. It admits only pods that meet the Pod Security Standard "restricted". */
export class Namespace extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const labels = { ...podSecurityLabels('restricted'), ...cloud.namespaceLabels };
    addObject<INamespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: values.namespace.name,
        labels: { ...standardLabels(values, 'namespace'), ...labels, ...values.namespace.labels },
        // Without it, helm uninstall would delete the Secret that an operator has created in this namespace.
        annotations: { 'helm.sh/resource-policy': 'keep', ...values.namespace.annotations },
      },
    });
  }
}
