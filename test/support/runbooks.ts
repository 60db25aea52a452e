import { readdirSync, readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface RunbookBlock {
  readonly page: string;
  /** The heading above it. */
  readonly section: string;
  /** `bash`, `sql` or `promql`. */
  readonly language: string;
  /** The first line of its text, counted from 1. */
  readonly line: number;
  readonly text: string;
}

export interface Runbook {
  readonly name: string;
  readonly text: string;
  /** The headings of the second level, in order. */
  readonly sections: readonly string[];
  readonly blocks: readonly RunbookBlock[];
  /** Code in sentences, with its line. */
  readonly inlineCode: readonly { readonly line: number; readonly text: string }[];
}

const folder = 'docs/runbooks';

/** The parts of a page that tests run. */
export function parseRunbook(name: string, text: string): Runbook {
  const sections: string[] = [];
  const blocks: RunbookBlock[] = [];
  const inlineCode: { line: number; text: string }[] = [];
  let open: { indent: number; language: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = ''] = /^(\s*)```(\w*)$/.exec(line) ?? [];
    if (open && line.trim() === '```') {
      const { line: first, lines } = open;
      const block = { page: name, section: sections.at(-1) ?? '', language: open.language, line: first };
      blocks.push({ ...block, text: `${lines.join('\n')}\n` });
      open = null;
    } else if (open) open.lines.push(line.slice(open.indent));
    else if (line.trim().startsWith('```'))
      open = { indent: indent.length, language, line: index + 2, lines: [] };
    else {
      if (line.startsWith('## ')) sections.push(line.slice(3));
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g))
        inlineCode.push({ line: index + 1, text: code });
    }
  }
  return { name, text, sections, blocks, inlineCode };
}

/** Every page of docs/runbooks, the index `README` included. */
export const readRunbooks = (): Runbook[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => parseRunbook(file.slice(0, -'.md'.length), readFileSync(`${folder}/${file}`, 'utf8')));

/** The blocks of all pages in a language. */
export const blocksIn = (pages: readonly Runbook[], language: string): RunbookBlock[] =>
  pages.flatMap(({ blocks }) => blocks.filter((block) => block.language === language));

/** A block as a failed test names it. */
export const placeOf = ({ page, line }: Pick<RunbookBlock, 'page' | 'line'>): string =>
  `${folder}/${page}.md:${line}`;

/** What a PromQL query in a sentence begins with or contains. */
const looksLikePromql = /\b(?:auth|http|nodejs|process|kube|container)_[a-z_]+\w*\b/;

/** Every PromQL query of the pages: blocks, and code in sentences that names a series. */
export const promqlIn = (pages: readonly Runbook[]): { readonly place: string; readonly query: string }[] =>
  pages.flatMap(({ name, blocks, inlineCode }) => [
    ...blocks
      .filter(({ language }) => language === 'promql')
      .map((block) => ({ place: placeOf(block), query: block.text.trim() })),
    ...inlineCode
      .filter(({ text }) => looksLikePromql.test(text) && !text.includes('…'))
      .map(({ line, text }) => ({ place: placeOf({ page: name, line }), query: text })),
  ]);
