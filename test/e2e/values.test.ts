import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import type { CloudName } from '../../charts-ts/values/schema.ts';
import { baseValues, type PlainValues } from '../../tools/e2e/installation/values.ts';
import { variants } from '../../tools/e2e/installation/variants.ts';

describe('The values of npm run e2e pass the checks and the gate', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'e2e-values-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function check(cloud: CloudName, values: PlainValues): Promise<void> {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    await checkedManifests(loadValues(cloud, { files: [file], sets: [] }));
  }

  const plain = {
    ...{ databaseUrl: 'postgresql://a:b@10.0.0.1/c?sslmode=disable', redisUrl: 'redis://10.0.0.2' },
    ca: null,
  };
  const common = {
    image: 'localhost:5000/auth-service:1.0.0',
    namespace: 'auth-e2e',
    callers: 'auth-tools',
    hasMonitoring: true,
  };

  it('of an installation with stores in the cluster', () =>
    check('eks', baseValues({ ...common, stores: plain })));
  for (const { cloud, name, values } of variants) it(`of the variant ${name}`, () => check(cloud, values));
});
