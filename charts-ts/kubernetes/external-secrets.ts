import type {
  IExternalSecret,
  ISecretStore,
} from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { Construct } from 'constructs';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { accountsOf, metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import type { SecretKey } from '../workload/settings.ts';
import { addServiceAccount } from './service-account.ts';
import { ownerKeys, secretKeys } from './settings.ts';

function externalSecret(values: Values, name: string, keys: readonly SecretKey[]): IExternalSecret {
  const { external } = values.secrets;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: metadata(values, name, { component: 'secrets' }),
    spec: {
      refreshInterval: external.refreshInterval,
      secretStoreRef: { kind: 'SecretStore', name: namesOf(values).secretsReader },
      // Retain keeps the Secret of the running service while the store is not available.
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: keys.map((key) => ({ secretKey: key, remoteRef: { key: `${external.prefix}${key}` } })),
    },
  };
}

/**
 * The External Secrets Operator copies the secrets from the cloud's secret store into the Secret. It reads the store as
 * a separate ServiceAccount, so that a compromised pod of the service cannot read the store.
 */
export class ExternalSecrets extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { name, ownerName } = values.secrets;
    const component = 'secrets';
    const account = {
      ...values.secrets.external.serviceAccount,
      name: accountsOf(values).secretsReader,
      component,
    };
    addServiceAccount(this, values, account, cloud.secretStore.serviceAccountAnnotations);
    addObject<ISecretStore>(this, 'store', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'SecretStore',
      metadata: metadata(values, namesOf(values).secretsReader, { component }),
      spec: { provider: cloud.secretStore.provider },
    });
    addObject(this, 'secret', externalSecret(values, name, secretKeys(values)));
    if (ownerName) addObject(this, 'owner-secret', externalSecret(values, ownerName, ownerKeys(values)));
  }
}
