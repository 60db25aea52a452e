import { characterTable } from '../../store/usernames/character-table.ts';

/*
 * What a username may be: the IdentifierClass of RFC 8264 without what a reader cannot see or cannot tell apart
 * (docs/decisions/0036-usernames-of-every-script.md). How usernames are compared is in app/store/usernames.
 */

/** UTF-16 code units that a client may send: more than are stored, for spaces, and for marks that NFC composes. */
export const maxSentUsername = 256;

/** Characters (code points). */
const length = { min: 3, max: 32 } as const;

/** RFC 8265 section 3.3.1. Half width letters of Hangul have no usual width in which they make syllables. */
const wideOrNarrow = /[\uff01-\uff5e\uff65-\uff9f]/g;

/** The form that is stored and shown: without spaces around it, of the usual width, in NFC, in the case that was sent. */
export const canonicalUsername = (text: string): string =>
  text
    .trim()
    .replace(wideOrNarrow, (character) => character.normalize('NFKC'))
    .normalize('NFC');

/** A syllable or a word. Two of them are a full name. */
const syllabic = new Set(['Hani', 'Hang', 'Hira', 'Kana', 'Bopo']);

const rightToLeft = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);

/** Of any script. */
const shared = new Set(['Zyyy', 'Zinh']);

/** Scripts that one language uses together, and Latin letters with them (UTS 39 section 5.2, highly restrictive). */
const writtenTogether = [
  new Set(['Latn', 'Hani', 'Hira', 'Kana']),
  new Set(['Latn', 'Hani', 'Bopo']),
  new Set(['Latn', 'Hani', 'Hang']),
];

/** A character and its scripts. */
interface Letter {
  readonly character: string;
  readonly scripts: readonly string[];
}

const isOf = (scripts: ReadonlySet<string>, letter: Letter): boolean =>
  letter.scripts.some((script) => scripts.has(script));

const isMark = (character: string): boolean => /\p{M}/u.test(character);

/** An unassigned character has no properties in the running Node.js, whose NFC and lower case it could change. */
const isKnown = /^[\p{L}\p{M}\p{Nd}]$/u;

const punctuation = /[_.-]/;

function readLetters(name: string): readonly Letter[] | null {
  const { scriptsOf } = characterTable();
  const letters: Letter[] = [];
  for (const character of name) {
    const scripts = punctuation.test(character) ? ['Zyyy'] : scriptsOf(character);
    if (!scripts || !(isKnown.test(character) || punctuation.test(character))) return null;
    letters.push({ character, scripts });
  }
  return letters;
}

function hasOneScript(letters: readonly Letter[]): boolean {
  const ofScripts = letters.filter((letter) => !isOf(shared, letter));
  const [first] = ofScripts;
  if (!first) return true;
  const single = first.scripts.map((script) => new Set([script]));
  return [...single, ...writtenTogether].some((scripts) =>
    ofScripts.every((letter) => isOf(scripts, letter)),
  );
}

/** The digit zero of the digit's decimal system: the ten digits of each are in one row. */
function zeroOf(digit: string): number {
  let code = digit.codePointAt(0) ?? 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - 1))) code -= 1;
  return code;
}

/**
 * RFC 5893 section 2, as far as names with one script and one kind of digits can violate it. Then no two names look the same
 * where they are shown in a text of the other direction.
 */
function isInBidiOrder(letters: readonly Letter[], name: string): boolean {
  const isRightToLeft = letters.some((letter) => !isMark(letter.character) && isOf(rightToLeft, letter));
  return !isRightToLeft || /^\p{L}(?:.*[\p{L}\p{Nd}])?\p{M}*$/u.test(name);
}

/** UTS 39 section 5.4: nobody counts so many marks, and nobody sees that there are two of one. */
const unreadableMarks = /\p{Mn}{5}|(\p{Mn})\1/u;

/** A mark that no letter has would be shown on the text before the name, or on a digit or sign. */
const lostMark = /(?<![\p{L}\p{M}])\p{M}/u;

/** Zero width spaces and joiners, controls of direction, and their like. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2028\u2029]/u;

/**
 * Why the text is no username, or null. The names that users cannot choose are in reserved-usernames.ts.
 * @param name in its canonical form
 */
export function usernameFault(name: string): string | null {
  const letters = readLetters(name);
  if (!letters) {
    if (invisible.test(name)) return 'must not have invisible characters';
    return 'must have only letters and digits of languages in use, dots, hyphens and underscores';
  }
  // Two syllables are a name.
  const size = letters.length + letters.filter((letter) => isOf(syllabic, letter)).length;
  if (size < length.min || letters.length > length.max) {
    return 'must have 3 to 32 characters; a Chinese, Japanese or Korean character counts as two of the three';
  }
  if (lostMark.test(name)) return 'must have combining marks only after letters';
  if (unreadableMarks.test(name.normalize('NFD'))) {
    return 'must not have more than four combining marks on a letter, or one of them twice';
  }
  if (!hasOneScript(letters))
    return 'must have letters of one script, because letters of others look like them';
  if (new Set(name.match(/\p{Nd}/gu)?.map(zeroOf)).size > 1) return 'must have digits of one kind';
  if (!isInBidiOrder(letters, name)) {
    return 'must begin with a letter, and end with a letter or digit, because it is written from right to left';
  }
  return null;
}
