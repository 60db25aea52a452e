import { type Block, blocksOf } from './page.ts';

/** A page whose commands are run, and which knows those that were not. */
export interface PageReader {
  /** The blocks under a heading, as they are. @throws Error for a heading without commands */
  commands(heading: string): string[];
  /** The blocks that nobody has asked for. */
  unused(): string[];
}

/** @param path of the page */
export function openPage(path: string): PageReader {
  const blocks = blocksOf(path);
  const used = new Set<Block>();
  return {
    commands(heading) {
      const found = blocks.filter((block) => block.heading === heading);
      if (found.length === 0) throw new Error(`${path} has no commands under ${heading}`);
      for (const block of found) used.add(block);
      return found.map(({ text }) => text);
    },
    unused: () =>
      blocks.filter((block) => !used.has(block)).map(({ heading, text }) => `${heading}: ${text}`),
  };
}
