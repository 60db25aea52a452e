import type { PatchCase } from './patch-case.ts';

const service =
  '{apiVersion: v1, kind: Service, metadata: {name: x, annotations: {note: n}}, spec: {ports: [{port: 80}, {port: 81}], selector: {a: b, "c/d": e}}}';

/** Operations of JSON 6902. */
export const operationCases: readonly PatchCase[] = [
  { title: 'add to a map', object: service, patch: '[{op: add, path: /spec/type, value: ClusterIP}]' },
  { title: 'add that replaces', object: service, patch: '[{op: add, path: /spec/selector, value: {c: d}}]' },
  {
    title: 'add before an item',
    object: service,
    patch: '[{op: add, path: /spec/ports/1, value: {port: 90}}]',
  },
  { title: 'add at the end', object: service, patch: '[{op: add, path: /spec/ports/-, value: {port: 90}}]' },
  {
    title: 'replace an item',
    object: service,
    patch: '[{op: replace, path: /spec/ports/0/port, value: 90}]',
  },
  { title: 'remove an item', object: service, patch: '[{op: remove, path: /spec/ports/0}]' },
  {
    title: 'remove a key with a slash',
    object: service,
    patch: '[{op: remove, path: /spec/selector/c~1d}]',
  },
  { title: 'move', object: service, patch: '[{op: move, from: /spec/ports/0, path: /spec/ports/1}]' },
  { title: 'copy', object: service, patch: '[{op: copy, from: /spec/selector, path: /metadata/labels}]' },
  {
    title: 'test, and several operations',
    object: service,
    patch:
      '[{op: test, path: /spec/ports/0/port, value: 80}, {op: add, path: /metadata/labels, value: {}}, {op: add, path: /metadata/labels/k, value: v}]',
  },
];
