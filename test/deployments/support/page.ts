import { readFileSync } from 'node:fs';

/** A block of commands of a page, under its heading. */
export interface Block {
  readonly heading: string;
  /** The commands, as the reader copies them. */
  readonly text: string;
}

/** Every block of bash of a page, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, text] of readFileSync(page, 'utf8').matchAll(
    /^#+ (.*)$|^```bash\n([\s\S]*?)^```$/gm,
  )) {
    if (title !== undefined) heading = title;
    if (text !== undefined) blocks.push({ heading, text });
  }
  return blocks;
}

/** The blocks of a page, and those that a suite has not run yet. */
export interface PageCommands {
  /** The commands of the first block that begins with a text. @throws Error if there is none */
  beginning(text: string): string;
  /** The commands under a heading. @throws Error if there are none */
  under(heading: string): string;
  /** The blocks that nobody has asked for. */
  unused(): string[];
}

/** Gives the commands of a page to the suite that runs them. */
export function openPage(page: string): PageCommands {
  const blocks = blocksOf(page);
  const used = new Set<Block>();
  const find = (what: string, matches: (block: Block) => boolean): string => {
    const block = blocks.find(matches);
    if (!block) throw new Error(`${page} has no block ${what}`);
    used.add(block);
    return block.text;
  };
  return {
    beginning: (text) => find(text, (block) => block.text.startsWith(text)),
    under: (heading) => find(`under ${heading}`, (block) => block.heading === heading),
    unused: () => blocks.filter((block) => !used.has(block)).map(({ text }) => text),
  };
}
