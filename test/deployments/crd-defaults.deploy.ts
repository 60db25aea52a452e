import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Manifest } from '../../charts-ts/manifest.ts';
import { type Crd, readCrds } from '../../tools/crd-defaults/crds.ts';
import { crdSources } from '../../tools/crd-defaults/sources.ts';
import { crdDefaults, newestCrds } from '../../tools/crd-defaults/write.ts';
import { documentsOf, type Loose, variants } from '../charts/support/synthesized.ts';
import { buildProgram, needModule } from './support/go.ts';
import { need } from './support/tools.ts';
import { customResources } from './support/written-resources.ts';

const apiVersionsOf = ({ spec }: Crd) => spec.versions.map(({ name }) => `${spec.group}/${name}`);

interface Applied {
  readonly object: Manifest & { readonly status?: unknown };
  /** Paths of fields that the CRD does not have. */
  readonly unknown: readonly string[];
}

describe('The defaults of CRDs', function () {
  this.timeout(900_000);
  let folder = '';

  before(function () {
    need(this, 'go', 'the distribution of go.dev');
    folder = mkdtempSync(join(tmpdir(), 'crd-defaults-'));
    for (const { module, newest, oldest } of crdSources)
      for (const version of [oldest, newest]) needModule(this, module, version);
    buildProgram(this, 'crd-defaulting', join(folder, 'crd-defaulting'));
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
    const results: Applied[] = JSON.parse(output);
    // The status belongs to the controller, and no tool compares it.
    return results.map(({ object: { status: _, ...object }, unknown }) => ({ object, unknown }));
  }

  type Version = 'oldest' | 'newest';

  const crdsOf = (version: Version): Crd[] =>
    crdSources.flatMap((source) =>
      version === 'newest' ? newestCrds(source) : readCrds(source, source.oldest),
    );

  /** The custom resources of every variant, as they are for this version of the CRDs. */
  function objectsOf(version: Version): Manifest[] {
    const written = variants.flatMap(([cloud, ...sets]) =>
      documentsOf(cloud, ...sets, `crdVersion=${version}`).map(({ object }) => object),
    );
    return JSON.parse(JSON.stringify([...written, ...customResources(version)]));
  }

  it('are those of the projects', () => {
    expect(readFileSync('charts-ts/delivery/crd-defaults.jsonl', 'utf8')).to.equal(crdDefaults());
  });

  for (const version of ['oldest', 'newest'] as const)
    it(`change nothing in an object of any variant, and are fields of the ${version} version of each CRD`, () => {
      const objects = objectsOf(version);
      const results = applied(crdsOf(version), objects);
      const names = new Set(results.map(({ object }) => `${object.apiVersion} ${object.kind}`));
      const given = objects.filter(({ apiVersion, kind }) => names.has(`${apiVersion} ${kind}`));
      const unknown = results.flatMap((one) => one.unknown.map((path) => `${one.object.kind} ${path}`));
      expect([...new Set(unknown)]).to.deep.equal([]);
      for (const [index, { object }] of results.entries()) expect(object).to.deep.equal(given[index]);
      process.stdout.write(`${version}: ${results.length} objects of ${names.size} kinds\n`);
    });

  it('would be found missing', () => {
    const bare: Loose = objectsOf('newest').find(({ kind }) => kind === 'HTTPRoute');
    delete bare.spec.parentRefs[0].group;
    const [result] = applied(crdsOf('newest'), [bare]);
    expect(result?.object).not.to.deep.equal(bare);
    bare.spec.parentRefs[0].grup = 'a';
    expect(applied(crdsOf('newest'), [bare])[0]?.unknown).to.deep.equal(['spec.parentRefs[0].grup']);
  });
});
