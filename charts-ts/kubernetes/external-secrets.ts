import type {
  IExternalSecret,
  ISecretStore,
} from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { Construct } from 'constructs';
import type { Cloud } from '../clouds/cloud.ts';
import { addObject } from '../manifest.ts';
import { accountsOf, metadata, namesOf } from '../names.ts';
import type { Tree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';
import { secretNames } from '../values/schema-secrets.ts';
import type { SecretKey } from '../workload/settings.ts';
import { addServiceAccount } from './service-account.ts';
import { ownerKeys, secretKeys, secretOf } from './settings.ts';

type Spec = NonNullable<IExternalSecret['spec']>;
type Data = NonNullable<Spec['data']>[number];

function externalSecret(values: Values, name: string, spec: Partial<Spec>, template?: Tree): IExternalSecret {
  const { refreshInterval, store } = values.secrets.external;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: metadata(values, name, { component: 'secrets' }),
    spec: {
      refreshInterval,
      secretStoreRef: store ?? { kind: 'SecretStore', name: namesOf(values).secretsReader },
      target: {
        name,
        creationPolicy: 'Owner',
        // Retain keeps the Secret of the running service while the store is not available.
        deletionPolicy: 'Retain',
        ...(template && { template }),
      },
      ...spec,
    },
  };
}

/** Copies a secret from its name in the store, with the prefix, or from where `remoteRefs` says. */
function datum(values: Values, secret: SecretKey): Data {
  const { prefix, remoteRefs } = values.secrets.external;
  // reason: the schema takes any map here, and the gate checks it against the types of ExternalSecret.
  const remoteRef = (remoteRefs[secret] ?? { key: `${prefix}${secret}` }) as unknown as Data['remoteRef'];
  return { secretKey: secretOf(values, secret).key, remoteRef };
}

const isSecretName = (name: string): boolean => secretNames.some((one) => one === name);

/** What the Secret of the service is made of: `dataFrom` or the template may give what is not read by name. */
function serviceSpec(values: Values): Partial<Spec> {
  const { dataFrom, remoteRefs, template } = values.secrets.external;
  const written = Object.keys((template?.data ?? {}) as Tree); // reason: the gate checks the type of the template.
  const isRead = (secret: SecretKey): boolean =>
    secret in remoteRefs || (dataFrom.length === 0 && !written.includes(secretOf(values, secret).key));
  const parts = Object.entries(remoteRefs).filter(([name]) => !isSecretName(name));
  const data = [
    ...secretKeys(values)
      .filter(isRead)
      .map((secret) => datum(values, secret)),
    // reason: as in datum.
    ...parts.map(([secretKey, ref]) => ({ secretKey, remoteRef: ref as unknown as Data['remoteRef'] })),
  ];
  return {
    ...(data.length > 0 && { data }),
    // reason: as in datum.
    ...(dataFrom.length > 0 && { dataFrom: dataFrom as unknown as NonNullable<Spec['dataFrom']> }),
  };
}

/** The store of the cloud. The operator reads it as a separate ServiceAccount, so that a compromised pod cannot. */
function addStore(scope: Construct, values: Values, cloud: Cloud): void {
  const component = 'secrets';
  const account = {
    ...values.secrets.external.serviceAccount,
    name: accountsOf(values).secretsReader,
    component,
  };
  addServiceAccount(scope, values, account, cloud.secretStore.serviceAccountAnnotations);
  addObject<ISecretStore>(scope, 'store', {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: metadata(values, namesOf(values).secretsReader, { component }),
    spec: { provider: cloud.secretStore.provider },
  });
}

/** The External Secrets Operator copies the secrets from a secret store into the Secrets of the service and the owner. */
export class ExternalSecrets extends Construct {
  constructor(scope: Construct, id: string, values: Values, cloud: Cloud) {
    super(scope, id);
    const { external, name, ownerName } = values.secrets;
    if (!external.store) addStore(this, values, cloud);
    if (secretKeys(values).length > 0)
      addObject(this, 'secret', externalSecret(values, name, serviceSpec(values), external.template));
    const owned = ownerKeys(values).map((secret) => datum(values, secret));
    if (ownerName && owned.length > 0)
      addObject(this, 'owner-secret', externalSecret(values, ownerName, { data: owned }));
  }
}
