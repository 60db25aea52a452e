import { isTree, type Tree } from '../values/merge.ts';

/** The value at a path of keys, or undefined. Manifests from elsewhere may have any shape. */
export function get(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (parent, key) => (typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined),
    value,
  );
}

export const asMap = (value: unknown): Tree => (isTree(value) ? value : {});
export const asMaps = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether a `matchLabels` selector selects an object with these labels. */
export function matchesLabels(labels: unknown, matchLabels: unknown): boolean {
  return Object.entries(asMap(matchLabels)).every(([key, value]) => get(labels, key) === value);
}

/** Turns the JSON pointer `/spec/containers/0/name` into `spec.containers[0].name`. */
export function toDottedPath(pointer: string): string {
  return pointer
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '');
}
