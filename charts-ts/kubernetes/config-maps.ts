import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { configuration, databaseCa, redisCa } from './content-names.ts';

/**
 * Older pods, and `rollout undo`, need the ConfigMap of their time after the next one has replaced it in the output.
 * kubectl deletes nothing. The others keep an object with these annotations, and Argo CD does not show it as a difference.
 */
const kept = {
  'helm.sh/resource-policy': 'keep',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The configuration of the containers that is not secret: variables, public keys and the CAs of the stores. */
export class ConfigMaps extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { database, jwt, redis } = values;
    const component = 'configuration';
    const addImmutable = ({ data, name }: ReturnType<typeof configuration>) =>
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(values, name, { component, annotations: kept }),
        immutable: true,
        data,
      });
    addImmutable(configuration(values));
    if (database.ca) addImmutable(databaseCa(values));
    if (redis.ca) addImmutable(redisCa(values));

    const publicKeys = Object.entries(jwt.publicKeys).map(([name, pem]) => [`${name}.pem`, pem]);
    addObject<IConfigMap>(this, 'public-keys', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      // Without a hash, because running pods read added keys.
      metadata: metadata(values, namesOf(values).publicKeys, { component: 'public-keys' }),
      // An empty map is lost in the API server, and each apply would say "configured".
      ...(publicKeys.length > 0 && { data: Object.fromEntries(publicKeys) }),
    });
  }
}
