/** A simple command of a script: its words without quotes, and the number of lines before it. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly line: number;
}

interface Word {
  readonly text: string;
  readonly end: number;
  /** Where each script in `$(…)` begins and ends. */
  readonly inner: readonly (readonly [number, number])[];
}

/** Words before which a command may stand. */
const prefixes = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  'time',
  'exec',
  'sudo',
]);
/** Words that begin or end something else than a simple command. */
const keywords = new Set(['for', 'case', 'done', 'fi', 'esac', '}', 'in']);

const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*\+?=/.test(word);

/** The words of the command itself, without what stands before it. */
function ownWords(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !isAssignment(word) && !prefixes.has(word));
  const own = start < 0 ? [] : words.slice(start);
  return keywords.has(own[0] ?? '') ? [] : own;
}

/** The index after the parenthesis that closes the one at `start`. */
function afterParenthesis(script: string, start: number): number {
  let depth = 0;
  for (let at = start; at < script.length; at += 1) {
    const character = script[at] ?? '';
    if (character === "'") at = script.indexOf("'", at + 1);
    if (character === '"') at = readDoubleQuoted(script, at).end - 1;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw new Error(`no parenthesis closes: ${script.slice(start, start + 40)}`);
}

function readDoubleQuoted(script: string, start: number): Word {
  let text = '';
  const inner: [number, number][] = [];
  for (let at = start + 1; at < script.length; ) {
    if (script[at] === '"') return { text, end: at + 1, inner };
    if (script.startsWith('$(', at)) {
      const end = afterParenthesis(script, at + 1);
      inner.push([at + 2, end - 1]);
      text += '$(…)';
      at = end;
    } else {
      if (script[at] === '\\') at += 1;
      text += script[at] ?? '';
      at += 1;
    }
  }
  throw new Error(`no quote closes: ${script.slice(start, start + 40)}`);
}

function readWord(script: string, start: number): Word {
  let [text, at] = ['', start];
  const inner: (readonly [number, number])[] = [];
  while (at < script.length && !/[\s;|&()<>]/.test(script[at] ?? '')) {
    if (script[at] === "'") {
      const end = script.indexOf("'", at + 1);
      text += script.slice(at + 1, end);
      at = end + 1;
    } else if (script[at] === '"') {
      const quoted = readDoubleQuoted(script, at);
      text += quoted.text;
      inner.push(...quoted.inner);
      at = quoted.end;
    } else if (script.startsWith('$(', at)) {
      const end = afterParenthesis(script, at + 1);
      inner.push([at + 2, end - 1]);
      text += '$(…)';
      at = end;
    } else {
      if (script[at] === '\\') at += 1;
      text += script[at] ?? '';
      at += 1;
    }
  }
  return { text, end: at, inner };
}

/** The index after the body of a here document, which begins in the line after `at`. */
function afterHeredoc(script: string, at: number, delimiter: string): number {
  const end = new RegExp(`^\\s*${delimiter}$`, 'm').exec(script.slice(at));
  return end ? at + end.index + end[0].length : script.length;
}

/**
 * Splits a script for bash into its simple commands, also those in `$(…)`. It knows what the documents use, and no more.
 * @param before lines before the script
 * @throws Error for a quote or a parenthesis that is not closed
 */
export function shellCommands(script: string, before = 0): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let delimiter: string | null = null;
  let firstAt = 0;
  const lineOf = (at: number): number => before + script.slice(0, at).split('\n').length - 1;
  const endCommand = (): void => {
    const own = ownWords(words);
    if (own.length > 0) commands.push({ words: own, line: lineOf(firstAt) });
    words = [];
  };
  const takeWord = (at: number): Word => {
    const word = readWord(script, at);
    for (const [start, end] of word.inner)
      commands.push(...shellCommands(script.slice(start, end), lineOf(start)));
    return word;
  };
  for (let at = 0; at < script.length; ) {
    const rest = script.slice(at);
    const [space = ''] = /^(?:[^\S\n]|\\\n)+|^#.*/.exec(rest) ?? [];
    const [redirection = ''] = /^\d?(?:<<<|<<-?|>>|[<>])&?\s*(?!\()/.exec(rest) ?? [];
    if (space) at += space.length;
    else if (redirection) {
      const target = takeWord(at + redirection.length);
      if (/^<<-?\s*$/.test(redirection)) delimiter = target.text;
      at = target.end;
    } else if (rest.startsWith('\n')) {
      endCommand();
      at = delimiter === null ? at + 1 : afterHeredoc(script, at + 1, delimiter);
      delimiter = null;
    } else if (/^[;|&()<>]/.test(rest)) {
      endCommand();
      at += 1;
    } else {
      if (words.length === 0) firstAt = at;
      const word = takeWord(at);
      words.push(word.text);
      at = word.end;
    }
  }
  endCommand();
  return commands;
}
