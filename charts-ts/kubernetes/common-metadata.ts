import type { Manifest } from '../manifest.ts';
import { isTree, type Tree } from '../values/merge.ts';
import type { Values } from '../values/schema.ts';

/** Standard labels by which nothing is selected. A common label of the operator replaces them, and no other label. */
const replaceable = ['part-of', 'version', 'managed-by'].map((name) => `app.kubernetes.io/${name}`);

function merged({ commonAnnotations, commonLabels }: Values, metadata: Tree): Tree {
  const { annotations, labels } = metadata;
  const kept = Object.entries(isTree(labels) ? labels : {}).filter(
    ([key]) => !(replaceable.includes(key) && key in commonLabels),
  );
  const all = { ...commonAnnotations, ...(isTree(annotations) && annotations) };
  return {
    ...metadata,
    labels: { ...commonLabels, ...Object.fromEntries(kept) },
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}

/** The part of an object that has metadata of its own: a pod template or the template of Jobs. */
function withTemplates(values: Values, spec: Tree): Tree {
  const inner = Object.entries(spec).flatMap(([key, part]): [string, Tree][] =>
    ['template', 'jobTemplate'].includes(key) && isTree(part) && isTree(part.spec) ? [[key, part]] : [],
  );
  return { ...spec, ...Object.fromEntries(inner.map(([key, part]) => [key, withMetadata(values, part)])) };
}

function withMetadata(values: Values, part: Tree): Tree {
  return {
    ...part,
    metadata: merged(values, isTree(part.metadata) ? part.metadata : {}),
    ...(isTree(part.spec) && { spec: withTemplates(values, part.spec) }),
  };
}

/** An object with the common labels and annotations, also on its pods. They change no selector. */
export function withCommonMetadata(values: Values, object: Manifest): Manifest {
  const { commonAnnotations, commonLabels } = values;
  if (Object.keys({ ...commonAnnotations, ...commonLabels }).length === 0) return object;
  // reason: the result has every key of the object, and a Manifest is a map of keys.
  return withMetadata(values, { ...object }) as unknown as Manifest;
}
