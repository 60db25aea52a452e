import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export type CommonPasswords = ReturnType<typeof createWordList>;

/**
 * Sorted lines of folded passwords. `tools/common-passwords` makes the file and names its sources and their licences
 * (docs/decisions/0024-what-a-new-password-is-checked-against.md).
 */
const file = new URL('common-passwords.txt.gz', import.meta.url);

const newline = 10;

/** The form in which passwords are compared, never the one that is hashed: case and width do not make it rarer. */
export const foldPassword = (password: string): string => password.normalize('NFKC').toLowerCase();

/**
 * A binary search in the bytes of the text. A Set of the same words would need six times the memory and more time at the
 * start.
 */
function createWordList(text: Buffer) {
  return {
    has(word: string): boolean {
      const wanted = Buffer.from(word);
      let low = 0;
      let high = text.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const start = middle > low ? text.lastIndexOf(newline, middle - 1) + 1 : low;
        const end = text.indexOf(newline, start);
        const order = wanted.compare(text, start, end);
        if (order === 0) return true;
        if (order < 0) high = start;
        else low = end + 1;
      }
      return false;
    },
  };
}

export async function loadCommonPasswords(): Promise<CommonPasswords> {
  return createWordList(await promisify(gunzip)(await readFile(file)));
}
