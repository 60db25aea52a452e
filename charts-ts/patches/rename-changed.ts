import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Manifest, ManifestFile } from '../manifest.ts';
import { isTree, type Tree } from '../values/merge.ts';

/** The name of an object that cannot change, and that has a hash of its content in its name instead. */
const hashedName = /^(.+-)([0-9a-f]{8,16})$/;

/** The fields that the API server lets nobody change; undefined for an object that can change. */
function unchangeable(object: Manifest): unknown {
  // reason: a manifest is plain data, as its interface says; only the type has no index signature.
  const { binaryData, data, immutable, kind, spec } = object as unknown as Tree;
  if (kind === 'ConfigMap' && immutable === true) return { data, binaryData };
  return kind === 'Job' && isTree(spec) ? spec.template : undefined;
}

const objectsOf = (files: readonly ManifestFile[]): Manifest[] => files.flatMap(({ objects }) => objects);

/** The new names, by the old ones, of objects of this kind whose content has changed. */
function newNames(
  kind: string,
  before: readonly Manifest[],
  after: readonly Manifest[],
): Map<string, string> {
  const names = new Map<string, string>();
  for (const object of after.filter((one) => one.kind === kind)) {
    const name = object.metadata?.name ?? '';
    const [, stem, hash = ''] = hashedName.exec(name) ?? [];
    const content = unchangeable(object);
    const original = before.find((one) => one.kind === kind && one.metadata?.name === name);
    if (!stem || !content || !original || isDeepStrictEqual(content, unchangeable(original))) continue;
    const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    names.set(name, `${stem}${digest.slice(0, hash.length)}`);
  }
  return names;
}

/** The files with other names of objects, also where an object refers to them. */
function renamed(
  files: readonly ManifestFile[],
  names: ReadonlyMap<string, string>,
): readonly ManifestFile[] {
  if (names.size === 0) return files;
  const replace = (value: unknown): unknown =>
    typeof value === 'string' ? (names.get(value) ?? value) : value;
  // reason: JSON.parse returns what was written, with other texts.
  return JSON.parse(JSON.stringify(files), (_key, value) => replace(value)) as ManifestFile[];
}

/**
 * Gives the objects that a patch has changed, and that have a hash in their name, a new name: the API server refuses to
 * change an immutable ConfigMap and the pod template of a Job. A Job that refers to such a ConfigMap changes with it.
 */
export function renameChanged(
  before: readonly ManifestFile[],
  after: readonly ManifestFile[],
): ManifestFile[] {
  const originals = objectsOf(before);
  const files = ['ConfigMap', 'Job'].reduce<readonly ManifestFile[]>(
    (current, kind) => renamed(current, newNames(kind, originals, objectsOf(current))),
    after,
  );
  return [...files];
}
