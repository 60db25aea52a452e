import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Manifest } from '../../charts-ts/manifest.ts';
import { type Crd, readCrds } from '../../tools/crd-defaults/crds.ts';
import { crdSources } from '../../tools/crd-defaults/sources.ts';
import { crdDefaults } from '../../tools/crd-defaults/write.ts';
import { documentsOf, variants } from '../charts/support/synthesized.ts';
import { customResources } from './support/custom-resources.ts';
import { buildProgram, needModule } from './support/go.ts';
import { need } from './support/tools.ts';

const apiVersionsOf = ({ spec }: Crd) => spec.versions.map(({ name }) => `${spec.group}/${name}`);

interface Applied {
  readonly object: Manifest;
  /** Paths of fields that the CRD does not have. */
  readonly unknown: readonly string[];
}

describe('The defaults of CRDs', function () {
  this.timeout(900_000);
  let folder = '';
  let objects: Manifest[];

  before(function () {
    need(this, 'go', 'the distribution of go.dev');
    folder = mkdtempSync(join(tmpdir(), 'crd-defaults-'));
    for (const { module, newest, oldest } of crdSources)
      for (const version of [oldest, newest]) needModule(this, module, version);
    buildProgram(this, 'crd-defaulting', join(folder, 'crd-defaulting'));
    const written = variants.flatMap(([cloud, ...sets]) => documentsOf(cloud, ...sets));
    objects = [...written.map(({ object }) => object), ...customResources];
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  /** What the code of the API server makes of the objects of which it has a CRD. */
  function applied(crds: readonly Crd[], given: readonly Manifest[]): Applied[] {
    const isKnown = ({ apiVersion, kind }: Manifest) =>
      crds.some((crd) => crd.spec.names.kind === kind && apiVersionsOf(crd).includes(apiVersion));
    const output = execFileSync(join(folder, 'crd-defaulting'), {
      input: JSON.stringify({ crds, objects: given.filter(isKnown) }),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(output);
  }

  const crdsOf = (version: 'oldest' | 'newest') =>
    crdSources.flatMap((source) => readCrds(source, source[version]));

  it('are those of the projects', () => {
    const { onlyNewest, text } = crdDefaults();
    expect(readFileSync('charts-ts/delivery/crd-defaults.jsonl', 'utf8')).to.equal(text);
    for (const line of onlyNewest) process.stdout.write(`only in the newest version: ${line}\n`);
  });

  for (const version of ['oldest', 'newest'] as const)
    it(`change nothing in an object of any variant, with the ${version} version of each CRD`, () => {
      const crds = crdsOf(version);
      const kinds = new Set(crds.map(({ spec }) => spec.names.kind));
      const known = objects.filter(({ apiVersion, kind }) => kinds.has(kind) && apiVersion.includes('.'));
      const results = applied(crds, known);
      const given = known.filter(({ apiVersion, kind }) =>
        results.some(({ object }) => object.kind === kind && object.apiVersion === apiVersion),
      );
      expect(results.map(({ object }) => object)).to.deep.equal(JSON.parse(JSON.stringify(given)));
      process.stdout.write(
        `${results.length} objects of ${new Set(given.map(({ kind }) => kind)).size} kinds\n`,
      );
    });

  it('are all fields of the oldest supported version', () => {
    const unknown = applied(crdsOf('oldest'), objects).flatMap((one) =>
      one.unknown.map((path) => `${one.object.kind} ${path}`),
    );
    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it('would be found missing', () => {
    const route = objects.find(({ kind }) => kind === 'HTTPRoute');
    const bare = JSON.parse(JSON.stringify(route));
    delete bare.spec.parentRefs[0].group;
    const [result] = applied(crdsOf('newest'), [bare]);
    expect(result?.object).not.to.deep.equal(bare);
    bare.spec.parentRefs[0].grup = 'a';
    expect(applied(crdsOf('newest'), [bare])[0]?.unknown).to.deep.equal(['spec.parentRefs[0].grup']);
  });
});
