import { createFlagText, type FlagText, parseJson } from './flag-text.ts';
import { isTree, mergeTrees, type Tree } from './merge.ts';

/** A `--set` flag that cannot be parsed. The message has the text of the flag. */
export class SetFlagError extends Error {}

/** The flags in the order of Helm. Their order on the command line has no effect. */
export const setKinds = ['set-json', 'set', 'set-string', 'set-file', 'set-literal'] as const;
export type SetKind = (typeof setKinds)[number];

/** A flag that is being read. */
interface Flag {
  readonly kind: SetKind;
  readonly text: FlagText;
  /** The value that a text stands for. */
  readonly convert: (text: string) => unknown;
  readonly fault: (what: string) => SetFlagError;
}

/** The limits of Helm. They keep a typing error from filling the memory. */
const maxIndex = 65_536;
const maxDepth = 30;

const int64 = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

/**
 * The types of Helm: true, false and null in any case, and whole numbers of 64 bits without a leading zero. All else is
 * text, also `0123`, `1.5` and `1e3`. A number that JavaScript cannot represent is a bigint.
 */
function typed(text: string): unknown {
  if (/^true$/iu.test(text)) return true;
  if (/^false$/iu.test(text)) return false;
  if (/^null$/iu.test(text)) return null;
  if (text === '0') return 0;
  if (!/^([+-]\d|[1-9])\d*$/.test(text)) return text;
  const whole = BigInt(text);
  if (whole < int64.least || whole > int64.greatest) return text;
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
}

// No tree has a prototype, so that `--set __proto__.x=1` is an ordinary unknown key.
const emptyTree = (): Tree => Object.create(null);

const has = (tree: Tree, key: string): boolean => Object.hasOwn(tree, key);

/** Helm ignores an empty key. */
function put(tree: Tree, key: string, value: unknown): void {
  if (key === '') return;
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });
}

function putItem(list: unknown[], index: number, value: unknown): void {
  while (list.length < index) list.push(null);
  list[index] = value;
}

/** The values of `{a,b}`, after the opening brace. A comma after the closing brace ends the pair. */
function readList({ convert, fault, text }: Flag): unknown[] {
  const items: unknown[] = [];
  for (;;) {
    const item = text.until(',}');
    if (item.stop === undefined) throw fault('the list must end with }');
    items.push(convert(item.text));
    if (item.stop === ',') continue;
    text.take(',');
    return items;
  }
}

/** JSON values may contain commas, so a pair ends after its value. A pair without a value is null. */
function readJson({ fault, text }: Flag): unknown {
  if (text.takeBlank()) return null;
  try {
    const value = text.json();
    text.takeBlank();
    return value;
  } catch {
    throw fault('is not JSON');
  }
}

function readValue(flag: Flag): unknown {
  const { convert, kind, text } = flag;
  if (kind === 'set-json') return readJson(flag);
  if (kind === 'set-literal') return text.until('').text;
  if (text.isAtEnd()) return '';
  return text.take('{') ? readList(flag) : convert(text.until(',').text);
}

/** The index before `]`, or undefined if the text ends before. */
function readIndex({ fault, text }: Flag): number | undefined {
  const { text: digits, stop } = text.until(']');
  if (stop === undefined) return undefined;
  const index = /^[+-]?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(index >= 0 && index <= maxIndex))
    throw fault(`an index must be a number from 0 to ${maxIndex} in brackets`);
  return index;
}

/** Reads what follows `[index]`. Returns false if the text ends before a value, as Helm then stops without an error. */
function readItem(flag: Flag, list: unknown[], index: number | undefined, depth: number): boolean {
  if (index === undefined) return false;
  const { text, stop } = flag.text.until('[.=');
  if (text !== '') throw flag.fault(`after an index must follow =, . or [, not ${text}`);
  if (stop === undefined) return false;
  const present = list[index] ?? null;
  if (stop === '=') {
    putItem(list, index, readValue(flag));
    return true;
  }
  if (stop === '[') {
    const inner = present ?? [];
    if (!Array.isArray(inner)) throw flag.fault('an index needs a list');
    if (!readItem(flag, inner, readIndex(flag), depth)) return false;
    putItem(list, index, inner);
    return true;
  }
  const inner = isTree(present) ? present : emptyTree();
  if (index < list.length) list[index] = inner;
  if (!readPair(flag, inner, depth)) return false;
  putItem(list, index, inner);
  return true;
}

/** Reads the pair behind `key.`. */
function readInner(flag: Flag, tree: Tree, key: string, depth: number): boolean {
  if (depth > maxDepth) throw flag.fault(`a path must have at most ${maxDepth} dots`);
  const inner = has(tree, key) ? tree[key] : emptyTree();
  if (!isTree(inner)) throw flag.fault(`${key} is not a map`);
  const hasMore = readPair(flag, inner, depth);
  const isEmpty = Object.keys(inner).length === 0;
  if (hasMore && isEmpty) throw flag.fault(`${key}. must be followed by a key`);
  if (!isEmpty) put(tree, key, inner);
  return hasMore;
}

/**
 * Reads one `key=value` into the tree, as the package strvals of Helm 4 does, also where it accepts what looks like a
 * mistake: an empty key is ignored, and so is a comma at the end.
 * @returns false at the end of the text
 */
function readPair(flag: Flag, tree: Tree, depth: number): boolean {
  const { text: key, stop } = flag.text.until(flag.kind === 'set-literal' ? '=[.' : '=[,.');
  if (stop === undefined && key === '') return false;
  if (stop === undefined || stop === ',') throw flag.fault(`${key || 'an empty key'} has no value`);
  if (stop === '.') return readInner(flag, tree, key, depth + 1);
  if (stop === '=') {
    const isEmpty = flag.text.isAtEnd();
    put(tree, key, readValue(flag));
    return !isEmpty || flag.kind === 'set-json' || flag.kind === 'set-literal';
  }
  const index = readIndex(flag);
  if (index === undefined) return false;
  const list = has(tree, key) ? tree[key] : [];
  if (!Array.isArray(list)) throw flag.fault(`${key} is not a list`);
  const hasMore = readItem(flag, list, index, depth);
  put(tree, key, list);
  return hasMore;
}

/** `--set-json '{"a": …}'`: a whole map, which is merged into the tree. */
function mergeJson(tree: Tree, text: string, fault: Flag['fault']): void {
  let given: unknown;
  try {
    given = parseJson(text);
  } catch {
    throw fault('is not JSON');
  }
  if (!isTree(given)) throw fault('is not a JSON object');
  for (const [key, value] of Object.entries(mergeTrees(tree, given))) put(tree, key, value);
}

/**
 * Applies one flag such as `a.b[0]=x,c=y` to `tree`, by the rules of Helm. test/charts/set-flag.test.ts compares them with
 * Helm's own results.
 * @throws SetFlagError for text that Helm rejects
 */
export function applySet(tree: Tree, kind: SetKind, text: string, readFile: (path: string) => string): void {
  const fault = (what: string) => new SetFlagError(`--${kind} ${text}: ${what}`);
  if (kind === 'set-json' && text.trimStart().startsWith('{')) {
    mergeJson(tree, text, fault);
    return;
  }
  const convert = kind === 'set-file' ? readFile : kind === 'set' ? typed : String;
  const flag: Flag = { kind, text: createFlagText(text, kind !== 'set-literal'), convert, fault };
  while (readPair(flag, tree, 0));
}
