import { isTree, type Tree } from '../values/merge.ts';
import { type ListKeys, listKeysOf } from './list-keys.ts';
import { PatchError, pathOf } from './patch-error.ts';

type Path = readonly (string | number)[];

const directive = '$patch';
const directives = ['merge', 'replace', 'delete'];

function directiveOf(patch: Tree, path: Path): string {
  const found = patch[directive] ?? 'merge';
  if (typeof found !== 'string' || !directives.includes(found))
    throw new PatchError(`${pathOf([...path, directive])}: must be one of ${directives.join(', ')}`);
  return found;
}

const nameOfType = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isTree(value) ? 'a map' : 'text, a number or a boolean';

/** What differs in kind cannot be merged, and nearly always is a mistake in the patch. */
function assertSameType(base: unknown, patch: unknown, path: Path): void {
  if (base === undefined || base === null || nameOfType(base) === nameOfType(patch)) return;
  throw new PatchError(`${pathOf(path)}: must be ${nameOfType(base)}, as in the object`);
}

/** @returns undefined if the patch removes the value */
function mergeValue(base: unknown, patch: unknown, lists: ListKeys | undefined, path: Path): unknown {
  if (patch === null) return undefined;
  assertSameType(base, patch, path);
  if (isTree(patch)) return mergeMap(isTree(base) ? base : {}, patch, lists, path);
  if (Array.isArray(patch) && lists) return mergeList(Array.isArray(base) ? base : [], patch, lists, path);
  return patch;
}

function mergeMap(base: Tree, patch: Tree, lists: ListKeys | undefined, path: Path): Tree | undefined {
  const how = directiveOf(patch, path);
  if (how === 'delete') return undefined;
  const merged: Tree = how === 'replace' ? {} : { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (key === directive) continue;
    if (key.startsWith('$'))
      throw new PatchError(`${pathOf([...path, key])}: is not supported; the only directive is ${directive}`);
    const result = mergeValue(merged[key], value, lists?.fields?.[key], [...path, key]);
    if (result === undefined) delete merged[key];
    else
      Object.defineProperty(merged, key, {
        value: result,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return merged;
}

/** Whether two items are the same. A key that one of them leaves out, such as a protocol, does not tell them apart. */
function isSame(one: unknown, other: unknown, [first = '', ...others]: readonly string[]): boolean {
  if (!isTree(one) || !isTree(other) || String(one[first]) !== String(other[first])) return false;
  return others.every((key) => {
    const [left, right] = [one[key], other[key]];
    return left === undefined || right === undefined || String(left) === String(right);
  });
}

function assertKey(item: unknown, key: string, path: Path): asserts item is Tree {
  if (!isTree(item)) throw new PatchError(`${pathOf(path)}: must be a map`);
  if (item[key] === undefined)
    throw new PatchError(`${pathOf(path)}: must have ${key}, which identifies the items of the list`);
}

/**
 * The items of the patch come first and in its order. Where a second key tells items apart, only new items come first, and
 * the order of the others stays. Both is what Kustomize does.
 */
function mergeItems(
  base: readonly unknown[],
  patch: readonly unknown[],
  lists: ListKeys & { readonly keys: readonly string[] },
  path: Path,
): unknown[] {
  const [key = '', ...others] = lists.keys;
  const first: unknown[] = [];
  const rest = [...base];
  const isInOrder = others.some((one) =>
    [...base, ...patch].some((item) => isTree(item) && item[one] !== undefined),
  );
  for (const [index, item] of patch.entries()) {
    assertKey(item, key, [...path, index]);
    const found = rest.findIndex((candidate) => isSame(candidate, item, lists.keys));
    const known = rest[found];
    const result = mergeMap(isTree(known) ? known : {}, item, lists, [...path, index]);
    const results = result === undefined ? [] : [result];
    if (found < 0) first.push(...results);
    else if (isInOrder) rest.splice(found, 1, ...results);
    else {
      rest.splice(found, 1);
      first.push(...results);
    }
  }
  return [...first, ...rest];
}

function mergeList(
  base: readonly unknown[],
  patch: readonly unknown[],
  lists: ListKeys,
  path: Path,
): unknown[] | undefined {
  const isDirective = (item: unknown) => isTree(item) && Object.keys(item).join() === directive;
  const index = patch.findIndex(isDirective);
  const item = patch[index];
  const how = isTree(item) ? directiveOf(item, [...path, index]) : 'merge';
  if (how === 'delete') return undefined;
  const below = how === 'replace' ? [] : base;
  const given = patch.filter((one) => !isDirective(one));
  const { keys } = lists;
  if (keys) return mergeItems(below, given, { ...lists, keys }, path);
  return [...new Set([...given, ...below])];
}

/**
 * Applies a strategic merge patch: maps are merged, null removes a key, `$patch: delete` and `$patch: replace` remove and
 * replace a map or a list, and lists of Kubernetes with a merge key are merged item by item. It agrees with
 * `kubectl kustomize` (test/charts/patches.test.ts).
 * @returns undefined if the patch deletes the object
 * @throws PatchError with the path within the patch
 */
export function strategicMerge(object: Tree, patch: Tree): Tree | undefined {
  return mergeMap(object, patch, listKeysOf(String(object.apiVersion), String(object.kind)), []);
}
