export type Tree = { [key: string]: unknown };

/** Whether `value` is a map, not a list or a scalar. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same map with its keys in the order in which cdk8s writes them. */
export const sortedByKey = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).sort(([one], [other]) => (one < other ? -1 : 1)));

/** `over` overrides `base`. Maps merge key by key, all else (also lists) is replaced. nulls stay, for `dropNulls`. */
export function mergeTrees(base: Tree, over: Tree): Tree {
  const merged: Tree = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? mergeTrees(below, value) : value;
  }
  return merged;
}

/** Removes the keys that are null. In Helm a null deletes a default. */
export function dropNulls(tree: Tree): Tree {
  const kept: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    if (value === null || value === undefined) continue;
    // defineProperty: a key called __proto__ must stay an ordinary key, which the schema then refuses.
    const clean = isTree(value) ? dropNulls(value) : value;
    Object.defineProperty(kept, key, { value: clean, enumerable: true, configurable: true, writable: true });
  }
  return kept;
}
