/** The text of a flag. It is read once, from the left to the right. */
export interface FlagText {
  /**
   * Reads up to the first character of `stops` and past it. A backslash gives the character after it, also one of
   * `stops`. Without `stop`, the text has ended.
   */
  until(stops: string): { readonly text: string; readonly stop: string | undefined };
  /** Reads the next character if it is `wanted`. */
  take(wanted: string): boolean;
  /** Reads spaces, and one comma or the end after them. Returns whether there was a comma or the end. */
  takeBlank(): boolean;
  /** Reads one JSON value. What follows it remains. @throws SyntaxError */
  json(): unknown;
  isAtEnd(): boolean;
}

/** The number of characters of the JSON value at the start, or of what might be one. */
function jsonLength(text: string): number {
  const [scalar] =
    /^(?:"(?:[^"\\]|\\.)*"|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/s.exec(text) ?? [];
  if (scalar) {
    // `1.` and `1e` are the start of a number that never ends, and not a number before a text.
    const isNumber = /^[-\d]/.test(scalar) && !/[eE]/.test(scalar);
    const isCut = isNumber && (scalar.includes('.') ? /^[eE]/ : /^[.eE]/).test(text.slice(scalar.length));
    return isCut ? scalar.length + 1 : scalar.length;
  }
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth === 0 && token.length === 1) return index + 1;
  }
  return text.length;
}

/** As `JSON.parse`, but without numbers that become infinite. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
      throw new SyntaxError('a number is too large');
    return value;
  });
}

/** @param escapes whether a backslash has a meaning */
export function createFlagText(text: string, escapes: boolean): FlagText {
  const characters = [...text];
  let at = 0;
  return {
    isAtEnd: () => at >= characters.length,
    until(stops) {
      let read = '';
      while (at < characters.length) {
        const character = characters[at++] ?? '';
        if (stops.includes(character)) return { text: read, stop: character };
        read += escapes && character === '\\' ? (characters[at++] ?? '') : character;
      }
      return { text: read, stop: undefined };
    },
    take(wanted) {
      if (characters[at] !== wanted) return false;
      at++;
      return true;
    },
    takeBlank() {
      while (at < characters.length && /\s/.test(characters[at] ?? '')) at++;
      if (at >= characters.length) return true;
      return this.take(',');
    },
    json() {
      const rest = characters.slice(at).join('');
      const json = rest.slice(0, jsonLength(rest));
      const value = parseJson(json);
      at += [...json].length;
      return value;
    },
  };
}
