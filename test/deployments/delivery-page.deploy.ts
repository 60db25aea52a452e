import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { readCrds, type Schema, schemasOf } from '../../tools/crd-defaults/crds.ts';
import { needModule } from './support/go.ts';
import { need } from './support/tools.ts';

const page = 'docs/deploy/delivery.md';

/** The module of the CRD of each kind in the examples. */
const modules = [
  {
    module: 'github.com/argoproj/argo-cd/v3',
    newest: 'v3.6.1',
    files: /^manifests\/crds\/application-crd\.yaml$/,
    kinds: ['Application'],
  },
  {
    module: 'github.com/fluxcd/source-controller',
    newest: 'v1.10.1',
    files: /^config\/crd\/bases\/.*\.yaml$/,
    kinds: ['GitRepository'],
  },
  {
    module: 'github.com/fluxcd/kustomize-controller',
    newest: 'v1.10.1',
    files: /^config\/crd\/bases\/.*\.yaml$/,
    kinds: ['Kustomization'],
  },
  {
    module: 'github.com/fluxcd/helm-controller',
    newest: 'v1.4.3',
    files: /^config\/crd\/bases\/.*\.yaml$/,
    kinds: ['HelmRelease'],
  },
];

/** The schema without fields that it does not name. */
function closed(schema: Schema): Schema {
  const { items, properties } = schema;
  if (schema['x-kubernetes-preserve-unknown-fields']) return schema;
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, closed(field)]);
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(fields), additionalProperties: false }),
    ...(items && { items: closed(items) }),
  };
}

interface Example {
  readonly apiVersion: string;
  readonly kind: string;
}

function examples(): Example[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```/gms);
  return [...blocks]
    .flatMap(([, text = '']) => parseAllDocuments(text))
    .map((document): Example => document.toJS())
    .filter(({ apiVersion }) => apiVersion !== undefined && !apiVersion.startsWith('kustomize.config'));
}

describe(`The examples of ${page}`, function () {
  this.timeout(300_000);
  const schemas = new Map<string, Schema>();

  before(function () {
    need(this, 'go', 'the distribution of go.dev');
    for (const source of modules) {
      needModule(this, source.module, source.newest);
      const crds = readCrds({ ...source, oldest: source.newest }, source.newest);
      for (const [kind, schema] of schemasOf(crds)) schemas.set(kind, schema);
      process.stdout.write(`${source.module} ${source.newest}\n`);
    }
  });

  /** What the CRD of its kind does not accept in an object. */
  function faultsOf(object: Example): string[] {
    const { properties = {}, ...rest } = closed(schemas.get(`${object.apiVersion} ${object.kind}`) ?? {});
    const schema = { ...rest, properties: { ...properties, metadata: {} } };
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    const isValid: boolean = validate(object);
    if (isValid) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${object.kind}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  it('are objects of Argo CD and Flux', () => {
    const kinds = examples().map(({ kind }) => kind);
    expect(kinds).to.have.members(['Application', 'GitRepository', 'Kustomization', 'HelmRelease']);
    for (const { apiVersion, kind } of examples())
      expect([...schemas.keys()]).to.include(`${apiVersion} ${kind}`);
  });

  it('are accepted by the CRDs', () => {
    expect(examples().flatMap(faultsOf)).to.deep.equal([]);
  });

  it('would be refused with a field that does not exist, or without one that must', () => {
    const [application] = examples().filter(({ kind }) => kind === 'Application');
    const broken = JSON.parse(JSON.stringify(application));
    broken.spec.sorce = broken.spec.source;
    delete broken.spec.destination;
    expect(faultsOf(broken).join('\n')).to.contain('sorce').and.contain('destination');
  });
});
