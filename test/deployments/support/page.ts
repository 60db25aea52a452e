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
