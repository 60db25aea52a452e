import { isTree, type Tree } from './merge.ts';

type Step = string | number;

/** A `--set` flag that cannot be parsed. The message has the text of the flag. */
export class SetFlagError extends Error {}

/** The types of Helm: whole numbers, true, false and null; all else is text, also `0123` and `1.5`. */
function typed(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  return /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** Splits at each unescaped `separator` outside braces. The backslashes stay, for `plainText`. */
function split(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (char === separator && depth <= 0) parts.push('');
    else parts[parts.length - 1] += char === '\\' ? char + text.charAt(++at) : char;
  }
  return parts;
}

const plainText = (text: string): string => text.replace(/\\(.?)/gs, '$1');

/** `a.b[0]` → ['a', 'b', 0]. */
function parsePath(text: string): Step[] {
  return split(text, '.').flatMap((part) => {
    const [, name = '', indexes = ''] = /^((?:[^[\\]|\\.)*)((?:\[\d{1,5}\])*)$/s.exec(part) ?? [];
    if (name === '') throw new SetFlagError(`--set ${text}: cannot be read as a path such as a.b[0]`);
    // A flag must not change the prototype that all other values share.
    if (name in Object.prototype) throw new SetFlagError(`--set ${text}: ${name} is not a known key`);
    return [plainText(name), ...[...indexes.matchAll(/\d+/g)].map(([index]) => Number(index))];
  });
}

// No object has a prototype, so that `--set __proto__.x=1` is an ordinary unknown key.
const emptyTree = (): Tree => Object.create(null);

function assign(target: Tree | unknown[], [step, ...rest]: readonly Step[], value: unknown): void {
  // reason: a path is checked by parsePath; arrays take numbers and trees take names.
  const container = target as Record<Step, unknown>;
  if (step === undefined) return;
  if (Array.isArray(target)) while (target.length < Number(step)) target.push(null);
  const [next] = rest;
  if (next === undefined) {
    container[step] = value;
    return;
  }
  const present = container[step];
  const isIndex = typeof next === 'number';
  const fits = isIndex ? Array.isArray(present) : isTree(present);
  const child = fits ? present : isIndex ? [] : emptyTree();
  container[step] = child;
  // reason: just made, or found to be the kind of container that the next step needs.
  assign(child as Tree | unknown[], rest, value);
}

function parseValue(text: string, convert: (text: string) => unknown): unknown {
  const [, list] = /^\{(.*)\}$/s.exec(text) ?? [];
  if (list === undefined) return convert(plainText(text));
  return list === '' ? [] : split(list, ',').map((item) => convert(plainText(item.trim())));
}

function parseJson(text: string, pair: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SetFlagError(`--set-json ${pair}: is not JSON`);
  }
}

/** The flags in the order of Helm. Their order on the command line has no effect. */
export const setKinds = ['set-json', 'set', 'set-string', 'set-file'] as const;
export type SetKind = (typeof setKinds)[number];

/**
 * Applies one flag such as `a.b[0]=x,c=y` to `tree`, by the rules of Helm 3.
 * @throws SetFlagError for text that is not key=value
 */
export function applySet(tree: Tree, kind: SetKind, text: string, readFile: (path: string) => string): void {
  // JSON contains commas, so `--set-json` takes one pair per flag.
  for (const pair of kind === 'set-json' ? [text] : split(text, ',')) {
    const [key = '', ...values] = split(pair, '=');
    if (values.length === 0) throw new SetFlagError(`--${kind} ${pair}: must be key=value`);
    const value = values.join('=');
    const path = parsePath(key);
    if (kind === 'set-json') assign(tree, path, parseJson(value, pair));
    else if (kind === 'set-file') assign(tree, path, readFile(plainText(value)));
    else assign(tree, path, parseValue(value, kind === 'set' ? typed : String));
  }
}
