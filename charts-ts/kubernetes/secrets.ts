import type {
  IExternalSecret,
  ISecretStore,
} from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { Construct } from 'constructs';
import type { IServiceAccount } from 'kubernetes-models/v1';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { metadata, names } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { secretKeys } from './settings.ts';

/**
 * External Secrets fills the Secret from the cloud's store. A ServiceAccount of its own is bound to the cloud's
 * identity, so that the pods of the service cannot read the store themselves.
 */
export class ExternalSecrets extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { external, name } = values.secrets;
    const component = 'secrets';
    addObject<IServiceAccount>(this, 'reader', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata(values, names.secretsReader, {
        component,
        annotations: cloud.secretStore.serviceAccountAnnotations,
      }),
      automountServiceAccountToken: false,
    });
    addObject<ISecretStore>(this, 'store', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: metadata(values, names.secretsReader, { component }),
      spec: { provider: cloud.secretStore.provider },
    });
    addObject<IExternalSecret>(this, 'secret', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: metadata(values, name, { component }),
      spec: {
        refreshInterval: external.refreshInterval,
        secretStoreRef: { kind: 'SecretStore', name: names.secretsReader },
        // Retain: a store that is away for a moment must not take the running service's keys with it.
        target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: secretKeys(values).map((key) => ({
          secretKey: key,
          remoteRef: { key: `${external.prefix}${key}` },
        })),
      },
    });
  }
}
