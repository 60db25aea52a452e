import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { helmContent } from '../../charts-ts/output/helm.ts';
import { type FolderContent, replaceFolders } from '../../charts-ts/output/output-folder.ts';
import { plainContent } from '../../charts-ts/output/plain.ts';
import type { CloudName } from '../../charts-ts/values/schema.ts';
import { findHelm, findKubectl } from '../charts/support/helm.ts';
import { type Loose, valuesOf, variants } from '../charts/support/synthesized.ts';

const helm = findHelm() ?? '';
const kubectl = findKubectl() ?? '';

describe('Helm and Kustomize', function () {
  this.timeout(900_000);
  let folder = '';
  before(function () {
    if (!helm || !kubectl) {
      process.stdout.write(
        'skipped, because no helm and kubectl are known for this machine: set HELM and KUBECTL\n',
      );
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  function run(program: string, ...args: string[]): string {
    const { status, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  const objectsIn = (text: string): Loose[] =>
    parseAllDocuments(text).flatMap((document) => document.toJS() ?? []);
  const keyOf = ({ kind, metadata }: Loose) => `${kind}/${metadata.namespace}/${metadata.name}`;
  const sorted = (objects: Loose[]) => objects.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));

  function write(name: string, content: FolderContent): string {
    const path = join(folder, name);
    replaceFolders(new Map([[path, content]]));
    return path;
  }

  /** The objects of the charts without the Jobs that an operator runs by hand. */
  async function files(cloud: CloudName, sets: readonly string[]) {
    const values = valuesOf(cloud, ...sets);
    const all = await checkedManifests(values);
    const objects = all.filter(({ name }) => !name.startsWith('jobs/')).flatMap((file) => file.objects);
    return { values, all, objects: JSON.parse(JSON.stringify(objects)) as Loose[] };
  }

  for (const [cloud, ...sets] of variants)
    it(`deliver the same objects for ${cloud} ${sets.join(' ').slice(0, 80)}`, async () => {
      const { all, objects, values } = await files(cloud, sets);
      const chart = write('chart', helmContent(values, all));
      const version = ['--kube-version', '1.34.0'];
      run(helm, 'lint', '--strict', chart);
      expect(sorted(objectsIn(run(helm, 'template', 'a', chart, ...version)))).to.deep.equal(
        sorted([...objects]),
      );
      const built = objectsIn(run(kubectl, 'kustomize', write('plain', plainContent(all))));
      expect(built).to.deep.equal((await files(cloud, sets)).objects);
      const upgrade = objectsIn(run(helm, 'template', 'a', chart, '--is-upgrade', ...version));
      const hooks = upgrade.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']);
      expect(hooks.length > 0, 'hooks').to.equal(values.migrations.mode === 'job');
      const rest = upgrade.filter((one) => !hooks.includes(one));
      expect(sorted(rest)).to.deep.equal(sorted(objects.filter(({ kind }) => kind !== 'Job')));
    });

  it('let no parent chart set a value that this chart does not have', async () => {
    const { all, values } = await files('eks', []);
    write('dependency', helmContent(values, all));
    const parent = join(folder, 'parent');
    mkdirSync(parent);
    writeFileSync(
      join(parent, 'Chart.yaml'),
      'apiVersion: v2\nname: platform\nversion: 1.0.0\n' +
        'dependencies: [{ name: auth-service, version: 1.0.0, repository: file://../dependency, alias: auth }]\n',
    );
    run(helm, 'dependency', 'build', parent);
    const template = ['template', 'a', parent, '--kube-version', '1.34.0'];
    expect(run(helm, ...template, '--set', 'global.region=eu')).to.contain('kind: Deployment');
    expect(() => run(helm, ...template, '--set', 'auth.replicas=3')).to.throw('replicas');
  });

  // docs/deploy/delivery.md says so, and names the values that do it right.
  it('do not follow a prefix or a namespace of Kustomize into texts', async () => {
    write('base', plainContent((await files('aks', [])).all));
    const overlay = (name: string, line: string): Loose[] => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'kustomization.yaml'), `resources: [../base]\n${line}\n`);
      return objectsIn(run(kubectl, 'kustomize', join(folder, name)));
    };
    const [route] = overlay('prefix', 'namePrefix: staging-').filter(({ kind }) => kind === 'HTTPRoute');
    expect(route.metadata.name).to.equal('staging-auth-service');
    expect(route.spec.rules[0].backendRefs[0].name).to.equal('auth-service');
    // The namespace of the Gateway would become that of the service as well.
    expect(() => overlay('namespace', 'namespace: staging')).to.throw('ID conflict');
  });
});
