import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { faultsOfModel, type ModelClass } from '../../charts-ts/gate/schemas/newest-types.ts';
import { needPackage } from './support/tools.ts';

const page = 'docs/deploy/delivery.md';

interface Example {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The objects of Argo CD and Flux on the page. */
function examples(): Example[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```/gms);
  return [...blocks]
    .flatMap(([, text = '']) => parseAllDocuments(text))
    .map((document): Example => document.toJS())
    .filter(({ apiVersion }) => /^argoproj\.io|\.toolkit\.fluxcd\.io/.test(apiVersion ?? ''));
}

describe(`The examples of ${page}`, function () {
  this.timeout(120_000);
  let modules = '';
  before(function () {
    modules = needPackage(this, 'delivery-tools');
  });

  async function faultsOf(object: Example): Promise<string[]> {
    const name = object.apiVersion.startsWith('argoproj.io') ? 'argo-cd' : 'flux-cd';
    const file = join(modules, '@kubernetes-models', name, object.apiVersion, `${object.kind}.js`);
    const models: Record<string, ModelClass> = await import(file);
    const Model = models[object.kind];
    if (!Model) throw new Error(`${file} has no class ${object.kind}`);
    return faultsOfModel(Model, object).map((fault) => `${object.kind}: ${fault}`);
  }

  it('are objects of Argo CD and Flux, which their schemas accept', async () => {
    const kinds = examples().map(({ kind }) => kind);
    expect(kinds).to.have.members(['Application', 'GitRepository', 'Kustomization', 'HelmRelease']);
    expect((await Promise.all(examples().map(faultsOf))).flat()).to.deep.equal([]);
  });

  it('would be refused with a field that does not exist, or without one that must', async () => {
    for (const [index, example] of examples().entries()) {
      const misspelt = JSON.parse(JSON.stringify(example));
      misspelt.spec.intervall = '1m';
      expect(await faultsOf(misspelt), String(index)).to.deep.equal([
        `${example.kind}: spec.intervall is not a known field`,
      ]);
    }
    const [application] = examples().filter(({ kind }) => kind === 'Application');
    const broken = JSON.parse(JSON.stringify(application));
    delete broken.spec.destination;
    expect((await faultsOf(broken)).join()).to.contain('destination');
  });
});
