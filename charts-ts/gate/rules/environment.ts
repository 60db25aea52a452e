import { posix } from 'node:path';
import {
  type CommandName,
  ConfigError,
  commandNames,
  type Environment,
  type Files,
  parseConfig,
} from '../../../app/config/config.ts';
import { names } from '../../names.ts';
import { bytes, millicpu } from '../../values/formats.ts';
import type { Tree } from '../../values/merge.ts';
import type { Document } from '../document.ts';
import { findObject, type ManifestSet, type Workload } from '../manifest-set.ts';
import { containerRule, podRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get } from '../untyped.ts';

/** Where the parser finds a secret that the environment takes from a Secret, as if its file were mounted. */
const secretFile = '/secret-key-ref';

const configMapData = (manifests: ManifestSet, document: Document, name: unknown): Tree =>
  asMap(get(findObject(manifests, 'ConfigMap', name, document)?.object, 'data'));

/** The variables of a container. A secret becomes its `_FILE` form, because nobody knows its text yet. */
function environmentOf(container: Tree, { document }: Workload, manifests: ManifestSet): Environment {
  const entries = asMaps(container.env).map(({ name, value, valueFrom }): [string, string] => {
    const { configMapKeyRef, secretKeyRef } = asMap(valueFrom);
    if (secretKeyRef) return [`${asText(name)}_FILE`, secretFile];
    const data = configMapData(manifests, document, get(configMapKeyRef, 'name'));
    return [asText(name), asText(configMapKeyRef ? data[asText(get(configMapKeyRef, 'key'))] : value)];
  });
  return Object.fromEntries(entries);
}

type NamedFile = [name: string, text: string | null];

/** The files of a volume: name and text, or null for the text of a Secret, which nobody knows yet. */
function filesOfVolume(volume: Tree, { document }: Workload, manifests: ManifestSet): NamedFile[] {
  const ofSecret = (secret: unknown): NamedFile[] =>
    asMaps(get(secret, 'items')).map(({ path }) => [asText(path), null]);
  const ofConfigMap = (configMap: unknown): NamedFile[] =>
    Object.entries(configMapData(manifests, document, get(configMap, 'name'))).map(([name, value]) => [
      name,
      asText(value),
    ]);
  return [volume, ...asMaps(get(volume, 'projected', 'sources'))].flatMap(({ configMap, secret }) => [
    ...ofSecret(secret),
    ...ofConfigMap(configMap),
  ]);
}

/** Volumes whose files are in the manifests, or are keys of a Secret that the volume lists. */
const isKnownVolume = (volume: Tree): boolean =>
  ['configMap', 'secret', 'projected'].some((type) => volume[type] !== undefined);

/** The folders in which something puts files that no manifest names: a driver, a claim, a sidecar, or Vault's injector. */
function unknownFolders(container: Tree, { podAnnotations, podSpec }: Workload): string[] {
  const unknown = asMaps(podSpec.volumes).filter((volume) => !isKnownVolume(volume));
  const mounts = asMaps(container.volumeMounts).filter(({ name }) =>
    unknown.some((one) => one.name === name),
  );
  const injected = podAnnotations['vault.hashicorp.com/agent-inject'] === 'true' ? ['/vault/secrets'] : [];
  return [...mounts.map(({ mountPath }) => asText(mountPath)), ...injected];
}

/** The files that a container sees. */
function filesOf(container: Tree, workload: Workload, manifests: ManifestSet): Files {
  const volumes = asMaps(workload.podSpec.volumes);
  const unknown = unknownFolders(container, workload);
  const folders = new Map(
    asMaps(container.volumeMounts).map(({ mountPath, name }) => {
      const volume = volumes.find((one) => one.name === name) ?? {};
      return [asText(mountPath), new Map(filesOfVolume(volume, workload, manifests))];
    }),
  );
  return {
    list(folder) {
      const files = folders.get(folder);
      if (!files) throw new Error(`${folder} is not mounted`);
      return [...files.keys()];
    },
    read(path) {
      if (path === secretFile) return null;
      const file = folders.get(posix.dirname(path))?.get(posix.basename(path));
      if (file === undefined && unknown.some((folder) => path.startsWith(`${folder}/`))) return null;
      if (file === undefined) throw new Error(`${path} is not mounted`);
      return file;
    },
  };
}

/** What the process may use. The rule about resources refuses a container without limits. */
function machineOf(container: Tree) {
  const { cpu, memory } = asMap(get(container, 'resources', 'limits'));
  return {
    cpus: millicpu(String(cpu)) / 1_000 || 1,
    hasCpuQuota: cpu !== undefined,
    memoryBytes: bytes(String(memory)) || Number.POSITIVE_INFINITY,
  };
}

/** The command that the container runs. The image serves without arguments. */
function commandOf({ args }: Tree): CommandName {
  const [first] = Array.isArray(args) ? args : [];
  return commandNames.find((name) => name === first) ?? 'serve';
}

/** What the service would report of the environment of a container: `VARIABLE what is wrong with it`. */
function faultsOf(container: Tree, workload: Workload, manifests: ManifestSet): readonly string[] {
  const env = environmentOf(container, workload, manifests);
  try {
    parseConfig(env, machineOf(container), filesOf(container, workload, manifests), commandOf(container));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

function parseContainers(workload: Workload, manifests: ManifestSet) {
  // Other pods read other variables.
  if (workload.podLabels['app.kubernetes.io/name'] !== names.app) return [];
  return workload.containers.map((container) => ({
    name: asText(container.name),
    faults: faultsOf(container, workload, manifests),
  }));
}

/** Runs the service's own parser on the complete environment of each container of the service. */
export function parseEnvironments(manifests: ManifestSet) {
  return manifests.workloads.flatMap((workload) => parseContainers(workload, manifests));
}

/** The first rule: with such an environment the service would exit with status 78. */
export const environmentRules: readonly Rule[] = [
  podRule('environment', function* (workload, manifests) {
    for (const { faults, name } of parseContainers(workload, manifests))
      for (const fault of faults) yield `container ${name}: ${fault}`;
  }),
  // A container that answers requests must not know how to change the audit log.
  containerRule('owner-url', function* ({ args, env }) {
    const isOfOwner = Array.isArray(args) && ['migrate', 'backup', 'restore'].includes(args[0]);
    for (const { name } of asMaps(env))
      if (/^DB_MIGRATION_URL(_FILE)?$/.test(asText(name)) && !isOfOwner)
        yield `has ${asText(name)}, which only the commands migrate, backup and restore need`;
  }),
];
