import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes app/store/usernames/characters.txt: `npx tsx tools/username-characters/main.ts PATH`. PATH is src/tables.rs of the
 * crate unicode-security (MIT or Apache-2.0), which contains two files of Unicode (Unicode License v3) as Rust tables:
 * - IdentifierType.txt: the characters of modern languages (Recommended and Limited_Use)
 * - confusables.txt: the prototype of each character that looks like another one (UTS 39 section 4)
 * Scripts are those that the running Node.js knows, and characters that are new to it are left out.
 * `cargo info unicode-security@0.1.3`, outside of a Rust project, downloads it to ~/.cargo/registry/src.
 * After a change of the file, increase skeletonVersion in app/store/usernames/skeleton.ts.
 */
const [path] = process.argv.slice(2);
if (!path) throw new Error('name the file src/tables.rs of the crate unicode-security');
const source = readFileSync(path, 'utf8');

const table = (start: string): string => {
  const from = source.indexOf(start);
  if (from < 0) throw new Error(`${path} has no ${start}`);
  return source.slice(from, source.indexOf('];\n', from));
};

const versionText = /UNICODE_VERSION: \(u64, u64, u64\) = \((\d+), (\d+), (\d+)\)/.exec(source);
if (!versionText) throw new Error(`${path} names no version of Unicode`);
const version = versionText.slice(1).join('.');

/** UAX 31, table 5 (recommended) and table 7 (limited use), and the two that are no scripts. */
const scripts = [
  ...['Arab', 'Armn', 'Beng', 'Bopo', 'Cyrl', 'Deva', 'Ethi', 'Geor', 'Grek', 'Gujr', 'Guru', 'Hang', 'Hani'],
  ...['Hebr', 'Hira', 'Kana', 'Khmr', 'Knda', 'Laoo', 'Latn', 'Mlym', 'Mymr', 'Orya', 'Sinh', 'Taml', 'Telu'],
  ...['Thaa', 'Thai', 'Tibt'],
  ...['Adlm', 'Bali', 'Bamu', 'Batk', 'Cakm', 'Cans', 'Cham', 'Cher', 'Hmnp', 'Java', 'Kali', 'Lana', 'Lepc'],
  ...['Limb', 'Lisu', 'Mand', 'Mtei', 'Newa', 'Nkoo', 'Olck', 'Osge', 'Plrd', 'Rohg', 'Saur', 'Sund', 'Sylo'],
  ...['Syrc', 'Tale', 'Talu', 'Tavt', 'Tfng', 'Vaii', 'Wcho', 'Yiii'],
  ...['Zinh', 'Zyyy'],
].map((name) => ({ name, pattern: new RegExp(`\\p{Script_Extensions=${name}}`, 'u') }));

/** LetterDigits of RFC 5892 section 2.1, which are what a username may have beside `_`, `.` and `-`. */
const nameCharacter = /[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}]/u;

/** Single keys of the alphabets of Armenian, Thai and Lao (app/store/usernames/username-key.ts). Unicode has two texts for each. */
const composedLetters = ['\u0587', '\u0e33', '\u0eb3', '\u0edc', '\u0edd'];

interface Range {
  readonly first: number;
  last: number;
  readonly scripts: string;
}

/** The codes of all characters in modern use, in order. */
function modernCodes(): number[] {
  const entry = /\('\\u\{(\w+)\}',\s*'\\u\{(\w+)\}',\s*IdentifierType::(?:Recommended|Limited_Use)\)/g;
  const codes = composedLetters.map((letter) => letter.codePointAt(0) ?? 0);
  for (const [, from = '', to = ''] of table('const IDENTIFIER_TYPE').matchAll(entry)) {
    for (let code = Number.parseInt(from, 16); code <= Number.parseInt(to, 16); code += 1) codes.push(code);
  }
  return codes.sort((one, other) => one - other);
}

/** Ranges of characters with one set of scripts. */
function modernRanges(): Range[] {
  const ranges: Range[] = [];
  for (const code of modernCodes()) {
    const character = String.fromCodePoint(code);
    if (!nameCharacter.test(character)) continue;
    const names = scripts.filter(({ pattern }) => pattern.test(character)).map(({ name }) => name);
    const previous = ranges.at(-1);
    if (previous?.last === code - 1 && previous.scripts === names.join('+')) previous.last = code;
    else if (names.length > 0) ranges.push({ first: code, last: code, scripts: names.join('+') });
  }
  return ranges;
}

/** The prototype of each character that looks like another one. */
function readPrototypes(): Map<string, string> {
  const entry = /\('\\u\{(\w+)\}',\s*&\[([^\]]*)\]\)/g;
  const textOf = (codes: string): string =>
    codes.replaceAll(/\W*u\{(\w+)\}\W*/g, (_found, code) => String.fromCodePoint(Number.parseInt(code, 16)));
  const entries = table("const CONFUSABLES: &'static [(char, &").matchAll(entry);
  return new Map([...entries].map(([, from, to = '']) => [textOf(`u{${from}}`), textOf(to)]));
}

/** The characters that the skeleton of a username may be computed from: of modern languages, and their prototypes. */
function reachable(ranges: readonly Range[], prototypes: ReadonlyMap<string, string>): Set<string> {
  const found = new Set<string>();
  const add = (text: string): void => {
    for (const character of text.normalize('NFD') + text.toLowerCase().normalize('NFD')) {
      if (found.has(character)) continue;
      found.add(character);
      add(prototypes.get(character) ?? '');
    }
  };
  for (const { first, last } of ranges) {
    for (let code = first; code <= last; code += 1) add(String.fromCodePoint(code));
  }
  return found;
}

const hex = (text: string): string =>
  [...text].map((character) => character.codePointAt(0)?.toString(16)).join('+');

/** One line for each prototype: its characters, and all characters that look like it. */
function lookAlikes(prototypes: ReadonlyMap<string, string>, needed: ReadonlySet<string>): string[] {
  const sources = new Map<string, string[]>();
  for (const [character, prototype] of prototypes) {
    if (needed.has(character)) sources.set(prototype, [...(sources.get(prototype) ?? []), character]);
  }
  return [...sources].map(
    ([prototype, characters]) => `${hex(prototype)} < ${characters.map(hex).join(' ')}`,
  );
}

const ranges = modernRanges();
const prototypes = readPrototypes();
const lines = lookAlikes(prototypes, reachable(ranges, prototypes)).sort();
const text = [
  `# Characters of usernames, from Unicode ${version}. tools/username-characters makes this file.`,
  '# © Unicode, Inc., used under the Unicode License v3 (https://www.unicode.org/license.txt).',
  '# First letters, marks and digits of modern languages, with their scripts; then characters that look like others.',
  ...ranges.map(({ first, last, scripts }) => `${first.toString(16)}-${last.toString(16)} ${scripts}`),
  ...lines,
];
writeFileSync(new URL('../../app/store/usernames/characters.txt', import.meta.url), `${text.join('\n')}\n`);
process.stdout.write(
  `Unicode ${version}: ${prototypes.size} look-alikes, ${ranges.length} ranges, ${lines.length} lines\n`,
);
