import { createRequire } from 'node:module';

/** Longest word that the dictionaries are searched for, and shortest pattern. */
const maxWord = 20;
const minPattern = 3;

/** Runs that people type, in both directions. A secret may copy from them as it copies from its own beginning. */
const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
].join('\n');
const reverse = (text: string): string => [...text].reverse().join('');
const prelude = `${runs}\n${reverse(runs)}\n`;

const letters: Readonly<Record<string, string>> = {
  '@': 'a',
  4: 'a',
  3: 'e',
  1: 'i',
  '!': 'i',
  0: 'o',
  $: 's',
  5: 's',
  7: 't',
};

/** Bits that decide at each step between a literal and a pattern. The first suits random texts, the second phrases. */
const flagBits = [
  { literal: 0.05, pattern: 5 },
  { literal: 1, pattern: 1 },
] as const;

/** Bits for the kind of a pattern: a word, a copy from the text itself, or a copy from a well-known run. */
const kindBits = Math.log2(3);

interface Dictionary {
  /** Words and common passwords in lower case, by rank. */
  readonly ranks: ReadonlyMap<string, number>;
  /** The first characters of all words, so that most positions of a random text need no further look-up. */
  readonly beginnings: ReadonlySet<string>;
  /** How often each letter occurs before another one, and each pair of letters. */
  readonly pairs: ReadonlyMap<string, number>;
}

let dictionary: Dictionary | undefined;

/** Loads the words at the first use, because most processes have no shared secret. */
function openDictionary(): Dictionary {
  if (dictionary) return dictionary;
  // reason: require is synchronous, as every format of the configuration is, and has no types.
  const { dictionary: lists } = createRequire(import.meta.url)(
    '@zxcvbn-ts/language-common',
  ) as typeof import('@zxcvbn-ts/language-common');
  const ranks = new Map<string, number>();
  const beginnings = new Set<string>();
  const pairs = new Map<string, number>();
  for (const list of Object.values(lists)) {
    for (const [rank, entry] of list.entries()) {
      const word = String(entry).toLowerCase();
      ranks.set(word, Math.min(rank, ranks.get(word) ?? rank));
      beginnings.add(word.slice(0, minPattern));
      for (const [, first = '', second = ''] of word.matchAll(/([a-z])(?=([a-z]))/g)) {
        for (const key of [first, first + second]) pairs.set(key, (pairs.get(key) ?? 0) + 1);
      }
    }
  }
  dictionary = { ranks, beginnings, pairs };
  return dictionary;
}

/** Mean bits of a letter after the letter before it, in words of lower case: below 4 for words, about 6 for random letters. */
export function meanPairBits(words: readonly string[]): number {
  const { pairs } = openDictionary();
  const bits = words.flatMap((word) =>
    [...word.matchAll(/(.)(?=(.))/g)].map(([, first = '', second = '']) =>
      Math.log2(((pairs.get(first) ?? 0) + 26) / ((pairs.get(first + second) ?? 0) + 1)),
    ),
  );
  return bits.reduce((sum, one) => sum + one, 0) / Math.max(1, bits.length);
}

/** Bits for the case of letters whose lower case is known: few for `word`, `Word` and `WORD`, else one for each letter. */
function caseBits(text: string): number {
  const tail = text.slice(1);
  if (text === text.toLowerCase()) return 1;
  return tail === tail.toLowerCase() || text === text.toUpperCase() ? 3 : 2 + text.length;
}

/** The forms in which a text may contain words, with the additional bits of a form for each character. */
function formsOf(text: string) {
  const lower = text.toLowerCase();
  return [
    { form: lower, isReversed: false, bits: 0 },
    { form: reverse(lower), isReversed: true, bits: 0 },
    { form: lower.replaceAll(/[@431!0$57]/g, (sign) => letters[sign] ?? sign), isReversed: false, bits: 0.5 },
    { form: lower.replaceAll('1', 'l'), isReversed: false, bits: 0.5 },
  ];
}

interface Pattern {
  readonly at: number;
  readonly length: number;
  readonly bits: number;
}

/** Every word of the dictionary, perhaps reversed, or with digits and signs for letters. */
function findWords(text: string): Pattern[] {
  const { beginnings, ranks } = openDictionary();
  const patterns: Pattern[] = [];
  for (const { form, isReversed, bits } of formsOf(text)) {
    for (let start = 0; start + minPattern <= form.length; start += 1) {
      if (!beginnings.has(form.slice(start, start + minPattern))) continue;
      for (let length = minPattern; length <= Math.min(maxWord, form.length - start); length += 1) {
        const rank = ranks.get(form.slice(start, start + length));
        if (rank === undefined) continue;
        const at = isReversed ? form.length - start - length : start;
        const cased = caseBits(text.slice(at, at + length));
        patterns.push({ at, length, bits: Math.log2(rank + 8) + 4 + length * bits + cased });
      }
    }
  }
  return patterns;
}

/** Length of the longest run from `at` on that also begins in one of the first `end` characters of `source`. */
function longestCopy(source: string, end: number, text: string, at: number): number {
  let longest = 0;
  for (let from = 0; from < end; from += 1) {
    let length = 0;
    while (at + length < text.length && source[from + length] === text[at + length]) length += 1;
    longest = Math.max(longest, length);
  }
  return longest;
}

/** Every run that occurs earlier in the text or in the prelude. */
function findCopies(text: string): Pattern[] {
  const lower = text.toLowerCase();
  const patterns: Pattern[] = [];
  for (let at = 0; at < text.length; at += 1) {
    for (const { longest, bits } of [
      { longest: longestCopy(lower, at, lower, at), bits: Math.log2(at + 1) },
      { longest: longestCopy(prelude, prelude.length, lower, at), bits: Math.log2(prelude.length) },
    ]) {
      for (let length = minPattern; length <= longest; length += 1) {
        const cased = caseBits(text.slice(at, at + length));
        patterns.push({ at, length, bits: bits + 2 * Math.log2(length) + 1 + cased });
      }
    }
  }
  return patterns;
}

/**
 * The bits of the shortest description of a text as literals, words, and copies of earlier or well-known runs (Lempel
 * and Ziv, with a dictionary). The descriptions are nearly a prefix code, so hardly any random text has a short one:
 * about one in 2^k is described by k bits less than its literals need (Kraft's inequality).
 * @param literalBits of a character that no pattern covers
 */
export function descriptionLength(text: string, literalBits: number): number {
  const patterns = [...findWords(text), ...findCopies(text)].sort((one, other) => one.at - other.at);
  const totals = flagBits.map((flag) => {
    const bits: number[] = [0, ...Array.from(text, () => Number.POSITIVE_INFINITY)];
    let next = 0;
    for (let at = 0; at < text.length; at += 1) {
      const before = bits[at] ?? 0;
      const relax = (length: number, more: number): void => {
        bits[at + length] = Math.min(bits[at + length] ?? Number.POSITIVE_INFINITY, before + more);
      };
      relax(1, flag.literal + literalBits);
      for (let pattern = patterns[next]; pattern?.at === at; pattern = patterns[next]) {
        relax(pattern.length, flag.pattern + kindBits + pattern.bits);
        next += 1;
      }
    }
    return bits[text.length] ?? 0;
  });
  return 1 + Math.min(...totals);
}
