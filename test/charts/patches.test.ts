import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import type { Manifest } from '../../charts-ts/manifest.ts';
import { applyPatches } from '../../charts-ts/patches/apply-patches.ts';
import { renameChanged } from '../../charts-ts/patches/rename-changed.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import type { Patch } from '../../charts-ts/values/schema-patches.ts';
import { findKubectl } from './support/helm.ts';
import { mergeCases } from './support/patches/merge-cases.ts';
import { operationCases } from './support/patches/operation-cases.ts';
import type { PatchCase } from './support/patches/patch-case.ts';
import type { Loose } from './support/synthesized.ts';

const kubectl = findKubectl();
const cases = [...mergeCases, ...operationCases];
const objectOf = ({ object }: PatchCase, name: string): Loose => {
  const parsed = parse(object);
  return { ...parsed, metadata: { ...parsed.metadata, name } };
};

/** Kustomize wants a kind and a name in a strategic merge patch, and uses them only without a target. */
function forKustomize({ object, patch }: PatchCase): string {
  if (patch.startsWith('[')) return JSON.stringify(parse(patch));
  const { apiVersion, kind } = parse(object);
  const { metadata, ...fields } = parse(patch);
  return stringify({ apiVersion, kind, metadata: { name: 'any', ...metadata }, ...fields });
}

/** Objects among which targets choose, and the targets. Each patch leaves its index as an annotation. */
const crowd: readonly Loose[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'one', labels: { app: 'web', tier: 'a' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web-2', namespace: 'one', labels: { app: 'web' }, annotations: { owner: 'x' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'two', labels: { app: 'db' } },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'one' } },
  { apiVersion: 'example.org/v1', kind: 'Deployment', metadata: { name: 'other', namespace: 'two' } },
];
const targets: readonly NonNullable<Patch['target']>[] = [
  { kind: 'Deployment' },
  { kind: 'Deployment', group: 'apps' },
  { kind: 'Deployment|StatefulSet' },
  { kind: 'Deploy' },
  { name: 'web' },
  { name: 'web.*' },
  { namespace: 'two' },
  { version: 'v1', kind: 'Service' },
  { labelSelector: 'app=web' },
  { labelSelector: 'app==web,tier' },
  { labelSelector: 'app!=web' },
  { labelSelector: '!tier' },
  { labelSelector: 'app in (web,db)' },
  { labelSelector: 'app notin (web), tier!=a' },
  { annotationSelector: 'owner=x' },
];
const hit = (index: number) => ({ metadata: { name: 'any', annotations: { [`hit-${index}`]: 'yes' } } });

const byName = (objects: readonly Loose[]): Record<string, Loose> =>
  Object.fromEntries(
    objects.map((object) => [`${object.apiVersion} ${object.kind} ${object.metadata.name}`, object]),
  );

describe('charts: patches', function () {
  // Unpacks a binary of 58 MB once.
  this.timeout(60_000);
  let folder = '';
  let changed: Record<string, Loose>;
  let chosen: Record<string, Loose>;

  /** The objects after the patches, as Kustomize makes them. */
  function kustomized(name: string, objects: readonly Loose[], patches: readonly object[]) {
    const base = join(folder, name);
    mkdirSync(base);
    writeFileSync(join(base, 'objects.yaml'), objects.map((object) => stringify(object)).join('---\n'));
    writeFileSync(join(base, 'kustomization.yaml'), stringify({ resources: ['objects.yaml'], patches }));
    const output = execFileSync(kubectl ?? '', ['kustomize', base], { encoding: 'utf8' });
    return byName(parseAllDocuments(output).map((document) => document.toJS()));
  }

  before(function () {
    if (!kubectl) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'patches-'));
    changed = kustomized(
      'changed',
      cases.map((one, index) => objectOf(one, `case-${index}`)),
      cases.map((one, index) => ({ target: { name: `case-${index}` }, patch: forKustomize(one) })),
    );
    const any = { apiVersion: 'v1', kind: 'Any' };
    const hits = targets.map((target, index) => ({ target, patch: stringify({ ...any, ...hit(index) }) }));
    chosen = kustomized('chosen', crowd, hits);
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  function patched(objects: readonly Manifest[], patches: readonly Patch[]): Record<string, Loose> {
    return byName(applyPatches([{ name: 'all', objects }], patches).flatMap((file) => file.objects));
  }

  for (const [index, one] of cases.entries())
    it(`change ${one.title} as kubectl kustomize does`, () => {
      const object = objectOf(one, `case-${index}`);
      const result = patched([object], [{ target: { name: `case-${index}` }, patch: parse(one.patch) }]);
      const [key = ''] = Object.keys(result);
      expect(result).to.have.keys(key);
      expect(result[key]).to.deep.equal(changed[key]);
    });

  it('choose their objects as kubectl kustomize does', () => {
    // A target that matches nothing is a mistake here, and none for Kustomize.
    const matching = targets
      .map((target, index) => ({ target, patch: hit(index) }))
      .filter(({ target }) => target.kind !== 'Deploy');
    const result = patched(crowd, matching);
    for (const [key, object] of Object.entries(result))
      expect(object.metadata.annotations ?? {}, key).to.deep.equal(chosen[key]?.metadata.annotations ?? {});
  });

  // Kustomize loses the change of the port, and writes the text "null" as the label.
  it('differ from kubectl kustomize where it does not do what Kubernetes does', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b', c: 'd' } } };
    const ports = (port: object) => ({ containers: [{ name: 'a', ports: [port] }] });
    const object: Loose = { ...pod, spec: ports({ containerPort: 80, protocol: 'TCP' }) };
    const patch = { metadata: { labels: { a: null } }, spec: ports({ containerPort: 80, name: 'http' }) };
    const [result] = Object.values(patched([object], [{ target: { kind: 'Pod' }, patch }]));
    expect(result.metadata.labels).to.deep.equal({ c: 'd' });
    expect(result.spec).to.deep.equal(ports({ containerPort: 80, name: 'http', protocol: 'TCP' }));
  });

  it('give an object that cannot change, and that they change, another name', async () => {
    const job = (patch: object, kind = 'Job') => {
      const patches = `patches=${JSON.stringify([{ target: { kind }, patch }])}`;
      const values = loadValues('eks', {
        files: [],
        sets: [
          { kind: 'set', text: 'migrations.mode=job' },
          { kind: 'set-json', text: patches },
        ],
      });
      return checkedManifests(values).then((files) => {
        const found = files
          .flatMap(({ objects }) => objects)
          .find((object) => object.kind === 'Job') as Loose;
        return found;
      });
    };
    const template = { spec: { template: { metadata: { annotations: { team: 'identity' } } } } };
    const untouched = await job({ metadata: { annotations: { team: 'identity' } } });
    const first = await job(template);
    const again = await job(template);
    const other = await job({ spec: { template: { metadata: { annotations: { team: 'platform' } } } } });
    const names = [untouched, first, other].map(({ metadata }) => metadata.name);
    expect(new Set(names).size).to.equal(3);
    for (const name of names) expect(name).to.match(/^auth-service-migrate-[0-9a-f]{10}$/);
    expect(again).to.deep.equal(first);
    expect(first.spec.template.metadata.labels).to.include({ app: first.metadata.name });
    const deployed = await job({ spec: { paused: true } }, 'Deployment');
    expect(deployed.metadata.name).to.equal(untouched.metadata.name);
  });

  it('give an immutable ConfigMap another name, and what refers to it', () => {
    const config: Loose = (data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      immutable: true,
      metadata: { name: 'config-0123456789' },
      data,
    });
    const pod: Loose = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: { volumes: [{ configMap: { name: 'config-0123456789' } }] },
    };
    const before = [{ name: 'all', objects: [config({ a: 'b' }), pod] }];
    const [{ objects: [changed, user] = [] } = {}] = renameChanged(before, [
      { name: 'all', objects: [config({ a: 'c' }), pod] },
    ]) as Loose;
    expect(changed.metadata.name)
      .to.match(/^config-[0-9a-f]{10}$/)
      .and.not.to.equal('config-0123456789');
    expect(user.spec.volumes[0].configMap.name).to.equal(changed.metadata.name);
    expect(renameChanged(before, before)).to.deep.equal(before);
  });
});
