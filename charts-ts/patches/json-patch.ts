import { isDeepStrictEqual } from 'node:util';
import { isTree } from '../values/merge.ts';
import type { Operation } from '../values/schema-patches.ts';
import { PatchError } from './patch-error.ts';

type Parent = Record<string, unknown> | unknown[];

/** The reference tokens of a JSON pointer (RFC 6901, section 4). */
const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const absent = (pointer: string): PatchError => new PatchError(`${pointer} does not exist in the object`);

/** @throws PatchError for a token that is no index of the list; `end` is the first index that does not exist */
function indexOf(token: string, end: number, pointer: string): number {
  if (!/^(0|[1-9]\d*)$/.test(token) || Number(token) >= end) throw absent(pointer);
  return Number(token);
}

function child(parent: unknown, token: string, pointer: string): unknown {
  if (Array.isArray(parent)) return parent[indexOf(token, parent.length, pointer)];
  if (!isTree(parent) || !Object.hasOwn(parent, token)) throw absent(pointer);
  return parent[token];
}

const valueAt = (document: unknown, pointer: string): unknown =>
  tokensOf(pointer).reduce((parent, token) => child(parent, token, pointer), document);

/** The map or list that contains the value, and the last token. */
function locationOf(document: unknown, pointer: string): { parent: Parent; token: string } {
  const tokens = tokensOf(pointer);
  const token = tokens.pop();
  if (token === undefined) throw new PatchError('path must not be empty: change fields of the object');
  const parent = tokens.reduce((value, step) => child(value, step, pointer), document);
  if (!Array.isArray(parent) && !isTree(parent)) throw absent(pointer);
  return { parent, token };
}

function add(document: unknown, pointer: string, value: unknown): void {
  const { parent, token } = locationOf(document, pointer);
  if (!Array.isArray(parent)) {
    // A key called __proto__ must stay an ordinary key, which the gate then refuses.
    Object.defineProperty(parent, token, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  parent.splice(token === '-' ? parent.length : indexOf(token, parent.length + 1, pointer), 0, value);
}

function remove(document: unknown, pointer: string): unknown {
  const { parent, token } = locationOf(document, pointer);
  const value = child(parent, token, pointer);
  if (Array.isArray(parent)) parent.splice(Number(token), 1);
  else delete parent[token];
  return value;
}

function replace(document: unknown, pointer: string, value: unknown): void {
  const { parent, token } = locationOf(document, pointer);
  child(parent, token, pointer);
  if (Array.isArray(parent)) parent[Number(token)] = value;
  else add(document, pointer, value);
}

function given(operation: Operation, field: 'from' | 'value') {
  if (operation[field] === undefined) throw new PatchError(`${operation.op} needs ${field}`);
  return structuredClone(operation[field]);
}

function apply(document: unknown, operation: Operation): void {
  const { op, path } = operation;
  const from = () => String(given(operation, 'from'));
  if (op === 'add') add(document, path, given(operation, 'value'));
  else if (op === 'replace') replace(document, path, given(operation, 'value'));
  else if (op === 'remove') remove(document, path);
  else if (op === 'copy') add(document, path, structuredClone(valueAt(document, from())));
  else if (op === 'move') {
    if (path.startsWith(`${from()}/`)) throw new PatchError('move cannot put a value into itself');
    add(document, path, remove(document, from()));
  } else if (!isDeepStrictEqual(valueAt(document, path), given(operation, 'value')))
    throw new PatchError(`test found another value at ${path}`);
}

/**
 * Applies operations of RFC 6902 to a copy of the document.
 * @throws PatchError with the index of the operation that cannot be applied
 */
export function jsonPatch<T>(document: T, operations: readonly Operation[]): T {
  const copy = structuredClone(document);
  for (const [index, operation] of operations.entries()) {
    try {
      apply(copy, operation);
    } catch (error) {
      if (error instanceof PatchError) throw new PatchError(`[${index}]: ${error.message}`);
      throw error;
    }
  }
  return copy;
}
