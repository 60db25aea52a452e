import { groupOf, type Manifest, type ManifestFile } from '../manifest.ts';
import { ValuesError } from '../values/load-values.ts';
import { isTree, type Tree } from '../values/merge.ts';
import type { Patch, Target } from '../values/schema-patches.ts';
import { jsonPatch } from './json-patch.ts';
import { isLabelSelector } from './label-selector.ts';
import { PatchError } from './patch-error.ts';
import { type Change, readChange } from './read-patch.ts';
import { strategicMerge } from './strategic-merge.ts';
import { isTargetOf } from './target.ts';

const nameOf = ({ kind, metadata }: Manifest): string =>
  `${kind}/${metadata?.name ?? metadata?.generateName ?? '(no name)'}`;

/** What must be unique in a cluster. A Job without a name gets one when it is created. */
const identityOf = ({ apiVersion, kind, metadata }: Manifest): string =>
  [groupOf(apiVersion), kind, metadata?.namespace, metadata?.name ?? metadata?.generateName].join(' ');

/** Sorted keys, as all other objects of the output have them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isTree(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** In the order of the other objects: what it is, and then its fields. */
function ordered({ apiVersion, kind, metadata, ...fields }: Tree): Manifest {
  // reason: the gate checks the finished objects against the types of their kinds.
  return { apiVersion, kind, metadata: sorted(metadata), ...(sorted(fields) as Tree) } as Manifest;
}

/** A strategic merge patch without a target names its object itself, as it does for `kubectl patch`. */
function targetOf({ target }: Patch, change: Change): Target {
  if (target) {
    for (const field of ['labelSelector', 'annotationSelector'] as const)
      if (target[field] && !isLabelSelector(target[field]))
        throw new PatchError(`.target.${field}: must be a selector such as app.kubernetes.io/component=api`);
    return target;
  }
  const { apiVersion, kind, metadata } = 'merge' in change ? change.merge : {};
  const { name, namespace } = isTree(metadata) ? metadata : {};
  if (typeof kind !== 'string' || typeof name !== 'string')
    throw new PatchError('.target: is required, unless the patch is a map with kind and metadata.name');
  const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return {
    kind,
    name: literal(name),
    ...(typeof apiVersion === 'string' && { apiVersion }),
    ...(typeof namespace === 'string' && { namespace: literal(namespace) }),
  };
}

/** The identity of a merged object stays, as in Kustomize: the name in a patch only says what it is for. */
function merged(object: Tree, patch: Tree): Tree | undefined {
  const { apiVersion, kind, metadata } = object;
  const result = strategicMerge(object, patch);
  if (!result) return undefined;
  const identity = isTree(metadata) ? metadata : {};
  const kept = ['name', 'generateName', 'namespace'].filter((field) => identity[field] !== undefined);
  const {
    name: _name,
    generateName: _prefix,
    namespace: _namespace,
    ...others
  } = isTree(result.metadata) ? result.metadata : {};
  const same = Object.fromEntries(kept.map((field) => [field, identity[field]]));
  return { ...result, apiVersion, kind, metadata: { ...others, ...same } };
}

function changed(object: Manifest, change: Change): Manifest | undefined {
  // reason: a manifest is plain data, as its interface says; only the type has no index signature.
  const tree = object as unknown as Tree;
  const result = 'merge' in change ? merged(tree, change.merge) : jsonPatch(tree, change.operations);
  return result && ordered(result);
}

/** Why the target matches nothing: the objects that come closest to it. */
function closest(target: Target, objects: readonly Manifest[]): string {
  const ofKind = objects.filter((object) => isTargetOf({ kind: target.kind }, object));
  const kinds = [...new Set(objects.map(({ kind }) => kind))].sort();
  if (ofKind.length === 0 || !target.kind) return `the kinds are ${kinds.join(', ')}`;
  return `there is ${ofKind.map(nameOf).join(', ')}`;
}

function applyOne(files: readonly ManifestFile[], patch: Patch): ManifestFile[] {
  const change = prefixed('.patch', () => readChange(patch));
  const target = targetOf(patch, change);
  const all = files.flatMap(({ objects }) => objects);
  const targets = new Set(all.filter((object) => isTargetOf(target, object)));
  if (targets.size === 0) throw new PatchError(`.target: matches no object: ${closest(target, all)}`);
  const apply = (object: Manifest): Manifest[] => {
    if (!targets.has(object)) return [object];
    const result = prefixed('.patch', () => changed(object, change), ` (${nameOf(object)})`);
    return result ? [result] : [];
  };
  const results = files.map((file) => ({ ...file, objects: file.objects.flatMap(apply) }));
  const identities = results
    .flatMap(({ objects }) => objects)
    .map((object) => [identityOf(object), nameOf(object)] as const);
  const [, twice] =
    identities.find(([one], index) => identities.findIndex(([other]) => other === one) < index) ?? [];
  if (twice) throw new PatchError(`: makes two objects ${twice}`);
  return results.filter(({ objects }) => objects.length > 0);
}

/** Runs `read` and adds to the path of its fault what lies before it, and `after` to the message. */
function prefixed<T>(before: string, read: () => T, after = ''): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PatchError) throw new PatchError(`${before}${error.message}${after}`);
    throw error;
  }
}

/**
 * Applies the patches one after the other, each to every object that its target matches.
 * @throws ValuesError with the path of the first patch that matches nothing or cannot be applied
 */
export function applyPatches(files: readonly ManifestFile[], patches: readonly Patch[]): ManifestFile[] {
  return patches.reduce<ManifestFile[]>(
    (before, patch, index) => {
      try {
        return applyOne(before, patch);
      } catch (error) {
        if (error instanceof PatchError) throw new ValuesError([`patches[${index}]${error.message}`]);
        throw error;
      }
    },
    [...files],
  );
}
