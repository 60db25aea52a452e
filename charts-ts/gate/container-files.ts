import { posix } from 'node:path';
import type { Files } from '../../app/config/config.ts';
import type { Tree } from '../values/merge.ts';
import { findObject, type ManifestSet, type Workload } from './manifest-set.ts';
import { asMap, asMaps, asText, get } from './untyped.ts';

/** Where the parser finds a secret that the environment takes from a Secret, as if its file were mounted. */
export const secretFile = '/secret-key-ref';

/** The files of a volume: name and text, or null for a text that nobody knows yet. Undefined if the names are not known either. */
type VolumeFiles = readonly (readonly [name: string, text: string | null])[] | undefined;

/** The data of a ConfigMap, or undefined if it is not part of the manifests. */
export function configMapData(
  manifests: ManifestSet,
  { document }: Workload,
  name: unknown,
): Tree | undefined {
  const found = findObject(manifests, 'ConfigMap', name, document);
  return found && asMap(get(found.object, 'data'));
}

function filesOfVolume(volume: Tree, workload: Workload, manifests: ManifestSet): VolumeFiles {
  const { configMap, projected, secret } = volume;
  const items = (source: unknown) =>
    asMaps(get(source, 'items')).map(({ path }) => [asText(path), null] as const);
  if (secret) return get(secret, 'items') ? items(secret) : undefined;
  if (configMap) {
    const data = configMapData(manifests, workload, get(configMap, 'name'));
    return data && Object.entries(data).map(([name, value]) => [name, asText(value)] as const);
  }
  if (!projected) return undefined;
  const sources = asMaps(get(projected, 'sources')).map((source) =>
    filesOfVolume(source, workload, manifests),
  );
  return sources.includes(undefined) ? undefined : sources.flatMap((files) => files ?? []);
}

/** The files that a container sees. A volume whose files nobody knows yet may have any file. */
export function filesOf(container: Tree, workload: Workload, manifests: ManifestSet): Files {
  const volumes = asMaps(workload.podSpec.volumes);
  const mounts = asMaps(container.volumeMounts).map(({ mountPath, name, subPath }) => {
    const volume = volumes.find((one) => one.name === name) ?? {};
    const files = subPath === undefined ? filesOfVolume(volume, workload, manifests) : undefined;
    return { path: asText(mountPath), files: files && new Map(files) };
  });
  // The injector of Vault adds a volume of its own to the pods that have its annotation.
  const isInjected = workload.podAnnotations['vault.hashicorp.com/agent-inject'] === 'true';
  const unknown = [
    ...mounts.filter(({ files }) => !files).map(({ path }) => path),
    ...(isInjected ? ['/vault/secrets'] : []),
  ];
  const mayHave = (path: string): boolean => unknown.some((folder) => `${path}/`.startsWith(`${folder}/`));
  return {
    list(folder) {
      const files = mounts.find(({ path }) => path === folder)?.files;
      if (!files && !mayHave(folder)) throw new Error(`${folder} is not mounted`);
      return [...(files?.keys() ?? [])];
    },
    read(path) {
      if (path === secretFile) return null;
      const files = mounts.find((mount) => mount.path === posix.dirname(path))?.files;
      const text = files?.get(posix.basename(path));
      if (text !== undefined) return text;
      if (!mayHave(path)) throw new Error(`${path} is not mounted`);
      return null;
    },
  };
}
