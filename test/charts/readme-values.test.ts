import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';

/** The blocks of YAML in the page that begin with one of these keys. */
function blocksOf(...keys: string[]): [key: string, text: string][] {
  const blocks = [
    ...readFileSync('charts-ts/README.md', 'utf8').matchAll(/^```yaml\n((\w+):[\s\S]*?)^```$/gm),
  ];
  return blocks.flatMap(([, text = '', key = '']) =>
    keys.includes(key) ? [[key, text] as [string, string]] : [],
  );
}

describe('charts: the values in the README', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'readme-values-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const blocks = blocksOf('secrets', 'patches', 'extraObjects');

  it('are found', () => {
    expect(blocks.map(([key]) => key)).to.deep.equal(['secrets', 'secrets', 'patches', 'extraObjects']);
  });

  for (const [index, [key, text]] of blocks.entries())
    it(`are accepted as they are: ${key} (${index + 1})`, async () => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, text);
      const files = await checkedManifests(loadValues('eks', { files: [file], sets: [] }));
      expect(files).to.not.deep.equal([]);
    });
});
