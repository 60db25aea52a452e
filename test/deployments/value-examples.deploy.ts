import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { profiles } from '../../charts-ts/values/profiles.ts';
import type { CloudName } from '../../charts-ts/values/schema.ts';
import { clouds as allClouds } from '../../charts-ts/values/schema-clouds.ts';
import { acceptedRows, pathsOfRow, valueExamples } from '../charts/value-examples/examples.ts';

let folder = '';

/** What synth says against the values, or an empty text. */
async function refusal(cloud: CloudName, text: string): Promise<string> {
  const file = join(folder, 'values.yaml');
  writeFileSync(file, text);
  try {
    await checkedManifests(loadValues(cloud, { files: [file], sets: [] }));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const examples = valueExamples();
const exampled = new Set(examples.map(({ path }) => path));

/** Rows that set a value which has no example of its own. They may need one cloud. */
const rows = (await acceptedRows()).filter((row) => pathsOfRow(row).some((path) => !exampled.has(path)));

describe('The values of the charts', function () {
  this.timeout(60_000);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const { clouds, path, refused, value, values } of examples)
    for (const cloud of clouds)
      it(`${path} = ${JSON.stringify(value)?.slice(0, 60)} ${refused ? 'is refused' : 'passes the gate'} on ${cloud}`, async () => {
        const message = await refusal(cloud, stringify(values));
        if (refused) expect(message).to.contain(refused);
        else expect(message).to.equal('');
      });

  for (const { clouds = allClouds, title, values } of rows)
    for (const cloud of clouds)
      it(`${title}, on ${cloud}`, async () => {
        expect(await refusal(cloud, values)).to.equal('');
      });

  for (const profile of profiles)
    for (const cloud of allClouds)
      it(`pass the gate as the profile ${profile} on ${cloud}`, async () => {
        const values = loadValues(cloud, { profile, files: [], sets: [] });
        expect(await checkedManifests(values)).to.have.length.above(0);
      });
});
