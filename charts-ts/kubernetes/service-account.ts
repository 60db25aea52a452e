import { Construct } from 'constructs';
import type { IServiceAccount } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { accountsOf, metadata } from '../names.ts';
import type { Values } from '../values/schema.ts';

type Account = Values['serviceAccount'] & { readonly name: string; readonly component?: string };

/** Adds a ServiceAccount, unless it exists already. The annotations of the operator replace those of the cloud. */
export function addServiceAccount(
  scope: Construct,
  values: Values,
  { annotations, automount, component, create, imagePullSecrets, labels, name }: Account,
  cloudAnnotations: Readonly<Record<string, string>> = {},
): void {
  if (!create) return;
  addObject<IServiceAccount>(scope, 'service-account', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(values, name, {
      ...(component && { component }),
      labels,
      annotations: { ...cloudAnnotations, ...annotations },
    }),
    automountServiceAccountToken: automount,
    ...(imagePullSecrets.length > 0 && {
      imagePullSecrets: imagePullSecrets.map((secret) => ({ name: secret })),
    }),
  });
}

/** The identity of the pods. By default it has no token and no permissions: the service never calls the API server. */
export class ServiceAccount extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    addServiceAccount(this, values, { ...values.serviceAccount, name: accountsOf(values).app });
  }
}
