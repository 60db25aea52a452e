import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { loadValues, parseCloud } from '../../charts-ts/values/load-values.ts';

const page = 'docs/cluster-network.md';

/** The examples: the cloud that the first line names, and the values. */
const examples = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n# (\w+)\n(.*?)^```$/gms)];

describe(`The examples of ${page}`, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'network-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are at least eight', () => expect(examples).to.have.length.above(7));

  for (const [index, [, cloud = '', text = '']] of examples.entries()) {
    it(`number ${index + 1} are values that pass the checks and the gate on ${cloud}`, async () => {
      const file = join(folder, 'values.yaml');
      writeFileSync(file, text);
      const files = await checkedManifests(loadValues(parseCloud(cloud), { files: [file], sets: [] }));
      expect(files).to.have.length.above(10);
    });
  }
});
