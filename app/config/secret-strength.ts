import { descriptionLength, meanPairBits } from './description-length.ts';

/** Bits that a secret of HS256 must have by estimate (RFC 8725 section 3.5; ASVS 11.2.3). */
const minSecretBits = 128;

/** Characters that are decoded, and characters that are estimated. More characters only add entropy. */
const maxText = 1_024;
const maxCharacters = 128;

/**
 * A description must save this many bits before it counts. A random secret of exactly 128 bits has a description that
 * saves a little by chance, but one in a million saves as much as this.
 */
const chance = 20;

/** Bits of a letter, space or sign in text of a natural language (Shannon 1951, by word frequencies). */
const bitsOfText = 2.14;

/** Mean bits of a letter after the letter before it, above which letters are no text of a natural language. */
const textPairBits = 4.3;

/** From small to large. A text uses the first that contains it. */
const alphabets: readonly (readonly [RegExp, number])[] = [
  [/^\d*$/, 10],
  [/^[\da-f]*$/, 16],
  [/^[\dA-F]*$/, 16],
  [/^[a-z]*$/, 26],
  [/^[A-Z]*$/, 26],
  [/^[\da-z]*$/, 36],
  [/^[\dA-Z]*$/, 36],
  [/^[A-Za-z]*$/, 52],
  [/^[\dA-Za-z]*$/, 62],
  [/^[\w+/-]*$/, 64],
];

const bitsPerCharacter = (text: string): number =>
  Math.log2(alphabets.find(([pattern]) => pattern.test(text))?.[1] ?? 95);

const uuid = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i;

function logOfFactorial(count: number): number {
  let sum = 0;
  for (let factor = 2; factor <= count; factor += 1) sum += Math.log2(factor);
  return sum;
}

/** Few different characters: which ones, and then each character of them. */
function subsetBits(text: string, perCharacter: number): number {
  const distinct = new Set(text).size;
  const size = Math.max(distinct, Math.round(2 ** perCharacter));
  const choice = logOfFactorial(size) - logOfFactorial(distinct) - logOfFactorial(size - distinct);
  return choice + perCharacter + text.length * Math.log2(distinct);
}

/** Words of `aSecretKey` and `JWTSecret` one by one. */
const splitWords = (text: string): string =>
  text.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ').replaceAll(/([A-Z])(?=[A-Z][a-z])/g, '$1 ');

/** Words with the case, the pairs of letters and the few digits of a text. Of random texts, one in a million has them. */
function looksLikeText(text: string): boolean {
  const symbols = text.replaceAll(/[^\dA-Za-z]/g, '');
  const words = text.match(/[A-Za-z]+/g)?.filter((word) => /^.[a-z]*$|^[A-Z]+$/.test(word)) ?? [];
  const letters = words.join('').length;
  if (letters < 0.85 * symbols.length || letters < 3 * words.length) return false;
  return meanPairBits(words.map((word) => word.toLowerCase())) < textPairBits;
}

/** As words whose separators carry little: `correct horse battery staple`. */
function phraseBits(text: string): number {
  const separators = text.match(/[^\dA-Za-z]/g) ?? [];
  const words = text.replaceAll(/[^\dA-Za-z]/g, '');
  const spaced = splitWords(text);
  if (looksLikeText(spaced))
    return Math.min(bitsOfText * spaced.length, descriptionLength(words, bitsOfText));
  const kinds = new Set(separators).size;
  const separating = kinds === 0 ? 0 : 6 + separators.length * (1 + Math.log2(kinds));
  const perCharacter = bitsPerCharacter(words);
  return separating + descriptionLength(words, perCharacter);
}

/** Every second character first, so that `a1b2c3d4` becomes `abcd1234`. */
function separated(text: string): string {
  const half = (rest: number): string[] => [...text].filter((_, index) => index % 2 === rest);
  return [...half(0), ...half(1)].join('');
}

/** The distances between neighbours. An arithmetic sequence has one distance. */
function distances(text: string): string {
  const codes = Array.from(text, (_, index) => text.charCodeAt(index));
  return String.fromCharCode(...codes.map((code, index) => 0x8000 + code - (codes[index - 1] ?? 0)));
}

/** The texts that this text encodes in base64 or hex. Random bytes encode hardly ever a printable text. */
function decodings(text: string): string[] {
  const forms = [
    ...(/^[\w+/-]+$/.test(text) ? [Buffer.from(text, 'base64').toString('latin1')] : []),
    ...(/^([\da-f]{2})+$/i.test(text) ? [Buffer.from(text, 'hex').toString('latin1')] : []),
  ];
  return forms.filter((form) => /^[\n\r\t -~]+$/.test(form));
}

/**
 * Estimates the entropy of a secret in bits: what its characters can carry, or less if a shorter description reveals a
 * pattern. Recognised are few different characters, repetitions, sequences, keyboard walks, words and common passwords
 * (also reversed, or with digits for letters), phrases, interleaved patterns, UUIDs, and all of these in base64 or hex.
 * It is an estimate from above: a text that somebody could guess for another reason counts as random.
 */
export function estimateSecretBits(secret: string): number {
  const whole = secret.trim().slice(0, maxText).replace(/=+$/, '');
  if (uuid.test(whole)) return 122;
  const text = whole.slice(0, maxCharacters);
  const perCharacter = bitsPerCharacter(text);
  const literal = [...text].length * perCharacter;
  const descriptions = [
    subsetBits(text, perCharacter),
    descriptionLength(text, perCharacter),
    descriptionLength(separated(text), perCharacter),
    descriptionLength(distances(text), perCharacter + 1),
    phraseBits(text),
    ...decodings(whole).map(estimateSecretBits),
  ];
  const shortest = Math.min(...descriptions) + Math.log2(descriptions.length);
  return literal - shortest > chance ? shortest : literal;
}

/** Completes the name of the variable. */
export const weakSecretFault = `must have at least ${minSecretBits} bits of entropy by estimate, as \`openssl rand -base64 48\` generates`;

export const isStrongSecret = (secret: string): boolean => estimateSecretBits(secret) >= minSecretBits;

/** An attacker who has one token can guess the secret offline, and then sign any token. */
export const strongSecret = {
  accept: isStrongSecret,
  fault: `${weakSecretFault}, unless JWT_ALLOW_WEAK_SECRET is on`,
  unless: 'JWT_ALLOW_WEAK_SECRET=on',
} as const;
