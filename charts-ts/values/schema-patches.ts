import { z } from 'zod';
import { text } from './formats.ts';

/** A regular expression of a target, which must match the whole text, as in Kustomize. */
const expression = z.string().refine((source) => {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}, 'must be a regular expression');

const target = z
  .strictObject({
    group: expression.optional(),
    version: expression.optional(),
    apiVersion: z.string().min(1).optional(),
    kind: expression.optional(),
    name: expression.optional(),
    namespace: expression.optional(),
    labelSelector: z.string().min(1).optional(),
    annotationSelector: z.string().min(1).optional(),
  })
  .refine(
    (fields) => Object.values(fields).some(Boolean),
    'must name what the patch is for, such as {kind: Deployment}',
  );

const pointer = text(/^(\/.*)?$/s, 'must be a JSON pointer such as /spec/template/spec/containers/0');

/** An operation of RFC 6902. */
const operation = z.strictObject({
  op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: pointer,
  from: pointer.optional(),
  value: z.unknown().optional(),
});
export const operations = z.array(operation).min(1, 'must name at least one operation');
export type Operation = z.infer<typeof operation>;

const patch = z.strictObject({
  target: target.optional(),
  patch: z.union(
    [z.string().min(1), z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))],
    'must be a map (a strategic merge patch), a list of operations (JSON 6902), or one of them as text',
  ),
});
export type Patch = z.infer<typeof patch>;
export type Target = NonNullable<Patch['target']>;

export const patches = z.array(patch);

/** Complete manifests. Namespace and labels of the installation are filled in. */
export const extraObjects = z.array(
  z.looseObject({
    apiVersion: text(
      /^([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?$/,
      'must be an API version such as v1 or apps/v1',
    ),
    kind: text(/^[A-Z][A-Za-z0-9]*$/, 'must be a kind such as ConfigMap'),
    metadata: z.looseObject({ name: z.string().min(1) }),
  }),
);
