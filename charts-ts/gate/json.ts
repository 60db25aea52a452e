import { isTree } from '../values/merge.ts';
import type { Tree } from '../values/set-flag.ts';

/** The value at a path of keys, or undefined: manifests of strangers may have any shape. */
export function get(value: unknown, ...path: (string | number)[]): unknown {
  // reason: arrays and maps alike are asked by key; anything else has none.
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined,
    value,
  );
}

export const tree = (value: unknown): Tree => (isTree(value) ? value : {});
export const trees = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether `labels` carry everything that `wanted` names. */
export function includes(labels: unknown, wanted: unknown): boolean {
  return Object.entries(tree(wanted)).every(([key, value]) => get(labels, key) === value);
}

/** `/spec/containers/0/name` → `spec.containers[0].name`. */
export function dotted(pointer: string): string {
  return pointer
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '');
}
