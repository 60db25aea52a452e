import type { IVolume } from 'kubernetes-models/v1';
import type { Values } from '../values/schema.ts';
import type { FileSecretName } from '../values/schema-secrets.ts';
import type { SecretKey } from '../workload/settings.ts';
import { secretOf } from './settings.ts';

/**
 * A volume with these secrets as files, each under its own name, whatever its key in the Secret is called. Secrets of
 * several objects need a projected volume, so that the container still has one folder. It contains no other keys.
 */
export function secretVolume(
  values: Values,
  keys: readonly (SecretKey | FileSecretName)[],
  { defaultMode, name }: { readonly defaultMode: number; readonly name: string },
): IVolume {
  const byObject = new Map<string, { key: string; path: string }[]>();
  for (const path of keys) {
    const { key, name: object } = secretOf(values, path);
    byObject.set(object, [...(byObject.get(object) ?? []), { key, path }]);
  }
  const [first, ...others] = byObject;
  if (first && others.length === 0) {
    const [secretName, items] = first;
    return { name, secret: { secretName, defaultMode, items } };
  }
  const sources = [...byObject].map(([object, items]) => ({ secret: { name: object, items } }));
  return { name, projected: { defaultMode, sources } };
}
