import { Construct } from 'constructs';
import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1';
import type { INamespace, IServiceAccount } from 'kubernetes-models/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { labelsOf, metadata, names, podSecurityLabels } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** The namespace refuses whatever is not hardened, whoever applies it. */
export class ServiceNamespace extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    addObject<INamespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: values.namespace.name,
        labels: {
          ...labelsOf(values, 'namespace'),
          ...podSecurityLabels('restricted'),
          ...cloud.namespaceLabels,
        },
        // helm uninstall must not take the Secret with it that an operator has put here.
        annotations: { 'helm.sh/resource-policy': 'keep' },
      },
    });
  }
}

/** When nodes run full, other pods go before those that let everybody log in. */
export class ServicePriority extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { name, value } = values.scheduling.priorityClass;
    addObject<IPriorityClass>(this, 'priority-class', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name, labels: labelsOf(values, 'scheduling') },
      value,
      globalDefault: false,
      description: 'auth-service: every other service waits for it',
    });
  }
}

/** An identity without rights and without a token: the service never talks to the API server. */
export class ServiceIdentity extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations } = values.serviceAccount;
    addObject<IServiceAccount>(this, 'account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(values, names.app, { annotations }),
      automountServiceAccountToken: false,
    });
  }
}
