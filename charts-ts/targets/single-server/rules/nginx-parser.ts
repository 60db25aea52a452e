/** A directive of nginx with its arguments, and the directives of its block. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block?: readonly Directive[];
}

/** Text that nginx could not read. */
export class NginxSyntaxError extends Error {}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly isQuoted: boolean;
}

const pattern =
  /#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\\.|\$\{\w+\}|[^\s{};"'\\])(?:\\.|\$\{\w+\}|[^\s{};\\])*|\n/g;

function tokensOf(text: string): Token[] {
  let line = 1;
  const tokens: Token[] = [];
  for (const [token] of text.matchAll(pattern)) {
    const isQuoted = /^["']/.test(token);
    if (!token.startsWith('#') && token !== '\n')
      tokens.push({ text: isQuoted ? token.slice(1, -1) : token, line, isQuoted });
    line += token.split('\n').length - 1;
  }
  return tokens;
}

/**
 * Reads the configuration of nginx as a tree.
 * @throws NginxSyntaxError with the line
 */
export function parseNginx(text: string): Directive[] {
  const tokens = tokensOf(text);
  let next = 0;

  function readBlock(opened: number): Directive[] {
    const directives: Directive[] = [];
    for (;;) {
      const token = tokens[next];
      if (!token) {
        if (opened === 0) return directives;
        throw new NginxSyntaxError(`the block that begins in line ${opened} has no }`);
      }
      if (token.text === '}' && !token.isQuoted) {
        if (opened === 0) throw new NginxSyntaxError(`line ${token.line}: } without a block`);
        next += 1;
        return directives;
      }
      directives.push(readDirective());
    }
  }

  function readDirective(): Directive {
    const [first] = tokens.slice(next);
    const words: string[] = [];
    for (let token = tokens[next]; token; token = tokens[next]) {
      next += 1;
      const isMark = !token.isQuoted && /^[{};]$/.test(token.text);
      if (!isMark) words.push(token.text);
      else if (token.text === '}') break;
      else {
        const [name = '', ...args] = words;
        const line = first?.line ?? 0;
        return token.text === ';' ? { name, args, line } : { name, args, line, block: readBlock(line) };
      }
    }
    throw new NginxSyntaxError(`line ${first?.line}: the directive ${words[0]} has no ; at its end`);
  }

  return readBlock(0);
}

/** Every directive of a name below these, at any depth. */
export function* all(directives: readonly Directive[], name: string): Iterable<Directive> {
  for (const directive of directives) {
    if (directive.name === name) yield directive;
    if (directive.block) yield* all(directive.block, name);
  }
}
