import { Construct } from 'constructs';
import type { IServiceAccount } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';

/** The identity of the pods, without a token and without permissions: the service never calls the API server. */
export class ServiceAccount extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { annotations } = values.serviceAccount;
    addObject<IServiceAccount>(this, 'service-account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(values, namesOf(values).app, { annotations }),
      automountServiceAccountToken: false,
    });
  }
}
