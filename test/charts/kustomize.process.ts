import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { replaceFolders } from '../../charts-ts/output/output-folder.ts';
import { plainContent } from '../../charts-ts/output/plain.ts';
import { synthesize } from '../../charts-ts/synthesize.ts';
import { findKubectl } from './support/helm.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const kubectl = findKubectl();

describe('charts: Kustomize', function () {
  // Unpacks a binary of 60 MB once.
  this.timeout(60_000);
  let folder = '';
  before(function () {
    if (!kubectl) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
    const administrator = 'administrator.email=jane@example.com,administrator.username=jane.doe';
    const files = synthesize(valuesOf('aks', 'migrations.mode=job', administrator));
    replaceFolders(new Map([[join(folder, 'base'), plainContent(files)]]));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  function run(...args: string[]): string {
    const { status, stderr, stdout } = spawnSync(kubectl ?? '', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  const build = (name: string): Loose[] =>
    parseAllDocuments(run('kustomize', join(folder, name))).map((document) => document.toJS());

  function overlay(name: string, lines: string): Loose[] {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'kustomization.yaml'), `resources: [../base]\n${lines}\n`);
    return build(name);
  }

  const only = (objects: Loose[], kind: string) => objects.filter((object) => object.kind === kind);

  it('builds the objects of the folder in their order, and no Job that an operator runs by hand', () => {
    const expected = synthesize(valuesOf('aks', 'migrations.mode=job')).flatMap(({ objects }) => objects);
    expect(build('base')).to.deep.equal(JSON.parse(JSON.stringify(expected)));
  });

  it('has a file that kubectl -f does not read', () => {
    // Without a server: kubectl reads the files as for apply, and prints what it has read.
    const names = () => run('label', '--local', '-f', join(folder, 'base'), 'a=b', '-o', 'name').trim();
    const objects = build('base');
    expect(names().split('\n')).to.have.length(objects.length);
    const text = readFileSync(join(folder, 'base', 'Kustomization'), 'utf8');
    writeFileSync(join(folder, 'base', 'zz.yaml'), text.replace('kind: ', 'metadata: { name: a }\nkind: '));
    expect(names()).to.contain('kustomization');
    rmSync(join(folder, 'base', 'zz.yaml'));
  });

  it('changes images, labels, annotations and single fields in an overlay', () => {
    const objects = overlay(
      'overlay',
      `images: [{ name: yourregistry.azurecr.io/auth-service, newName: registry.example.com/auth, newTag: 2.0.0 }]
labels: [{ pairs: { team: identity } }]
commonAnnotations: { owner: identity }
patches:
  - target: { kind: Deployment }
    patch: '[{"op": "add", "path": "/spec/template/spec/runtimeClassName", "value": "gvisor"}]'`,
    );
    const [deployment] = only(objects, 'Deployment');
    expect(deployment.spec.selector.matchLabels).to.deep.equal({ app: 'auth-service' });
    expect(deployment.metadata.labels.team).to.equal('identity');
    expect(deployment.metadata.annotations.owner).to.equal('identity');
    expect(deployment.spec.template.spec.runtimeClassName).to.equal('gvisor');
    expect(deployment.spec.template.spec.containers[0].image).to.equal('registry.example.com/auth:2.0.0');
  });
});
