import fc from 'fast-check';

/** Texts that are known to break parsers, databases, logs and comparisons. */
const troublesome = [
  '',
  ' ',
  '\t\r\n',
  'a\0b',
  '\ud800',
  'x\udc00y',
  '\u202egnp.exe',
  '\u200b',
  '\ufeffbom',
  `e${'\u0301'.repeat(200)}`,
  '👩‍👩‍👧‍👦',
  'ﷺ',
  'İı',
  'ßſ',
  '\u{10ffff}',
  '\uffff',
  "' or 1=1 --",
  '"; drop table users; --',
  '%_\\',
  '$1 $$',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the very text is meant
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '\r\nSet-Cookie: a=b',
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '1e999',
  '-0',
  '0x10',
  '99999999999999999999',
];

export const troublesomeText = fc.constantFrom(...troublesome);

/** Text of exactly one of the lengths around a limit, in characters of one, two and three bytes and of two code units. */
function around(limit: number): fc.Arbitrary<string> {
  const lengths = [limit - 1, limit, limit + 1].filter((length) => length >= 0);
  return fc
    .tuple(fc.constantFrom(...lengths), fc.constantFrom('a', 'é', '字', '😀', '.', '@', '\u0301'))
    .map(([length, character]) => character.repeat(length));
}

/** Any text, lone surrogates too. The unit `binary` of fast-check would build a table of all code points, which takes a second. */
export const anyText = fc
  .array(fc.nat(0x10ffff), { maxLength: 40 })
  .map((codePoints) => String.fromCodePoint(...codePoints));

/** Text that is likely to be refused, around the limits given and far beyond. */
export function hostileText(...limits: readonly number[]): fc.Arbitrary<string> {
  return fc.oneof(
    troublesomeText,
    anyText,
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    ...limits.map(around),
    fc.constantFrom(5_000, 90_000).map((length) => 'a'.repeat(length)),
  );
}
