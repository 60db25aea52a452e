import { readFileSync } from 'node:fs';

/**
 * Two tables of Unicode, which tools/username-characters makes. They are part of the source, so that every replica of a
 * release compares usernames alike whatever its version of Node.js is.
 */
export interface CharacterTable {
  /**
   * The scripts with which a letter, mark or digit of a modern language is written, by their codes of ISO 15924 (`Zyyy` and
   * `Zinh`: with any script). Undefined for every other character.
   */
  scriptsOf(character: string): readonly string[] | undefined;
  /** The prototype of each character that looks like another one (UTS 39 section 4). */
  readonly prototypes: ReadonlyMap<string, string>;
}

const file = new URL('characters.txt', import.meta.url);

interface Range {
  readonly first: number;
  readonly last: number;
  readonly scripts: readonly string[];
}

/** @param codes hexadecimal numbers with a plus sign between them */
const textOf = (codes: string): string =>
  String.fromCodePoint(...codes.split('+').map((code) => Number.parseInt(code, 16)));

function parseRange(line: string): Range {
  const [range = '', scripts = ''] = line.split(' ');
  const [first = Number.NaN, last = Number.NaN] = range.split('-').map((code) => Number.parseInt(code, 16));
  return { first, last, scripts: scripts.split('+') };
}

/** @param ranges in order */
function find(ranges: readonly Range[], code: number): Range | undefined {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.last ?? code) < code) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range && range.first <= code ? range : undefined;
}

function load(): CharacterTable {
  const ranges: Range[] = [];
  const prototypes = new Map<string, string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [prototype = '', sources] = line.split(' < ');
    if (sources === undefined) ranges.push(parseRange(line));
    else for (const source of sources.split(' ')) prototypes.set(textOf(source), textOf(prototype));
  }
  return { prototypes, scriptsOf: (character) => find(ranges, character.codePointAt(0) ?? -1)?.scripts };
}

let table: CharacterTable | undefined;

/** Loads the tables with the first username, because reading them takes some milliseconds and many replicas need none. */
export function characterTable(): CharacterTable {
  table ??= load();
  return table;
}
