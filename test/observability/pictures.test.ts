import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';

/** The pictures that a page shows, relative to the project, with the mode in which it shows them. */
function shownIn(page: string): { file: string; mode: string }[] {
  const text = readFileSync(page, 'utf8');
  const inMode = (pattern: RegExp, mode: string) =>
    [...text.matchAll(pattern)].map(([, file = '']) => ({ file: join(dirname(page), file), mode }));
  return [
    ...inMode(/<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">/g, 'dark'),
    ...inMode(/<img alt="[^"]+" src="([^"]+)">/g, 'light'),
  ];
}

const isPng = (file: string): boolean => readFileSync(file).subarray(1, 4).toString() === 'PNG';

describe('the pictures of the dashboards', () => {
  it('are in the README in the colours that the reader prefers', () => {
    expect(shownIn('README.md')).to.deep.equal([
      { file: 'docs/pictures/face-dark.png', mode: 'dark' },
      { file: 'docs/pictures/face-light.png', mode: 'light' },
    ]);
  });

  it('show every dashboard in docs/observability.md', () => {
    const dashboards = readdirSync('docs/dashboards').filter((file) => /^(?!cloudwatch).+\.json$/.test(file));
    const names = dashboards.map((file) => file.replace('.json', ''));
    const expected = names.flatMap((name) =>
      ['dark', 'light'].map((mode) => ({ file: `docs/pictures/${name}-${mode}.png`, mode })),
    );
    expect(shownIn('docs/observability.md')).to.have.deep.members(expected);
  });

  it('are small enough for a page: 200 KB in the README, and 400 KB elsewhere', () => {
    for (const { file } of [...shownIn('README.md'), ...shownIn('docs/observability.md')]) {
      expect(isPng(file), file).to.equal(true);
      expect(readFileSync(file).length, file).to.be.below(file.includes('/face-') ? 200_000 : 400_000);
    }
  });
});
