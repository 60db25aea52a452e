import type { Tree } from './set-flag.ts';

/** Whether `value` is a map of names, as opposed to a list or a scalar. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `over` on `base`: maps merge key by key, everything else (lists too) is replaced whole. nulls stay, as marks. */
export function mergeTrees(base: Tree, over: Tree): Tree {
  const merged: Tree = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? mergeTrees(below, value) : value;
  }
  return merged;
}

/** Removes what was set to null: Helm's way of deleting a default. */
export function dropNulls(tree: Tree): Tree {
  const kept: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    if (value === null || value === undefined) continue;
    // defineProperty: a key called __proto__ must stay an ordinary key that the schema then refuses.
    const clean = isTree(value) ? dropNulls(value) : value;
    Object.defineProperty(kept, key, { value: clean, enumerable: true, configurable: true, writable: true });
  }
  return kept;
}
