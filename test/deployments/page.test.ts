import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { blocksOf, openPage } from './support/page.ts';

describe('the reader of pages', () => {
  it('finds each block of commands under its heading', () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-'));
    const page = join(folder, 'page.md');
    const lines = [
      '# A',
      '```bash',
      '# no heading',
      'ls',
      '```',
      '## B',
      '```yaml',
      'a: 1',
      '```',
      '```bash',
      'pwd',
      '```',
    ];
    writeFileSync(page, `${lines.join('\n')}\n`);
    expect(blocksOf(page)).to.deep.equal([
      { heading: 'A', text: '# no heading\nls\n' },
      { heading: 'B', text: 'pwd\n' },
    ]);
    const commands = openPage(page);
    expect([commands.beginning('pw'), commands.under('B')]).to.deep.equal(['pwd\n', 'pwd\n']);
    expect(commands.unused()).to.deep.equal(['# no heading\nls\n']);
    expect(() => commands.beginning('rm')).to.throw('has no block rm');
    rmSync(folder, { recursive: true });
  });
});
