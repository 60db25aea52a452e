import { parseAllDocuments } from 'yaml';
import { isTree, type Tree } from '../values/merge.ts';
import { type Operation, operations, type Patch } from '../values/schema-patches.ts';
import { PatchError } from './patch-error.ts';

/** What a patch does with an object: a strategic merge, or operations of RFC 6902. */
export type Change = { readonly merge: Tree } | { readonly operations: readonly Operation[] };

function parseText(text: string): unknown {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (!document || documents.length > 1)
    throw new PatchError(': must be one YAML document; give each further one an item of patches of its own');
  const [error] = document.errors;
  if (error) throw new PatchError(`: ${error.message.split('\n')[0]}`);
  return document.toJS();
}

/** @throws PatchError with the path within `patch` */
export function readChange({ patch }: Patch): Change {
  const content = typeof patch === 'string' ? parseText(patch) : patch;
  if (isTree(content)) return { merge: content };
  const parsed = operations.safeParse(content);
  if (parsed.success) return { operations: parsed.data };
  const [issue] = parsed.error.issues;
  if (!Array.isArray(content) || !issue)
    throw new PatchError(': must be a map (a strategic merge patch) or a list of operations (JSON 6902)');
  const [index, field] = issue.path;
  const known = 'op (add, remove, replace, move, copy, test), path (a JSON pointer), from and value';
  throw new PatchError(
    `${index === undefined ? '' : `[${String(index)}]`}${field === undefined ? '' : `.${String(field)}`}: must be an operation with ${known}`,
  );
}
