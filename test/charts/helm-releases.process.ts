import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import type { Manifest } from '../../charts-ts/manifest.ts';
import { helmContent } from '../../charts-ts/output/helm.ts';
import { replaceFolders } from '../../charts-ts/output/output-folder.ts';
import { findHelm } from './support/helm.ts';
import { type Loose, valuesOf } from './support/synthesized.ts';

const helm = findHelm();

describe('charts: releases of Helm', function () {
  // Unpacks a binary of 60 MB once.
  this.timeout(60_000);
  let folder = '';
  before(function () {
    if (!helm) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'helm-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => execFileSync(helm ?? '', args, { encoding: 'utf8', stdio: 'pipe' });

  async function chart(name: string, ...sets: string[]): Promise<string> {
    const out = join(folder, name);
    const values = valuesOf('eks', ...sets);
    replaceFolders(new Map([[out, helmContent(values, await checkedManifests(values))]]));
    return out;
  }

  /** The objects in the order in which Helm installs them. Hooks are at the end. */
  function template(path: string, ...args: string[]): Loose[] {
    const text = run('template', 'auth', path, '--kube-version', '1.34.0', ...args);
    return parseAllDocuments(text).flatMap((document): Manifest[] => document.toJS() ?? []);
  }

  const hookOf = ({ metadata }: Loose): string | undefined => metadata.annotations?.['helm.sh/hook'];
  const weightOf = ({ metadata }: Loose): number => Number(metadata.annotations['helm.sh/hook-weight']);

  describe('with migrations.mode=job', () => {
    let objects: Loose[];
    let hooks: Loose[];
    let job: Loose;
    before(async () => {
      const ca = 'database.ca=-----BEGIN CERTIFICATE-----';
      objects = template(await chart('job', 'migrations.mode=job', ca), '--is-upgrade');
      hooks = objects.filter(hookOf);
      job = hooks.find(({ kind }) => kind === 'Job');
    });

    it('migrate in a hook before an upgrade, and leave the Job out of the release', () => {
      expect(hooks.map(hookOf)).to.deep.equal(hooks.map(() => 'pre-upgrade'));
      expect(job.metadata.name).to.match(/^auth-service-migrate-[0-9a-f]{10}-hook$/);
      const released = objects.filter((object) => !hookOf(object)).map(({ kind }) => kind);
      expect(released).to.include('Deployment').and.not.include('Job');
    });

    it('create what the Job reads before the Job, and delete it afterwards', () => {
      const copies = hooks.filter((one) => one !== job);
      expect(copies.map(({ kind }) => kind)).to.include.members(['ConfigMap', 'NetworkPolicy']);
      expect(Math.max(...copies.map(weightOf))).to.be.lessThan(weightOf(job));
      for (const { metadata } of copies)
        expect(metadata.annotations['helm.sh/hook-delete-policy'], metadata.name).to.equal(
          'before-hook-creation,hook-succeeded',
        );
      expect(job.metadata.annotations['helm.sh/hook-delete-policy']).to.equal('before-hook-creation');
    });

    it('refer only to ConfigMaps that are hooks as well', () => {
      const [container] = job.spec.template.spec.containers;
      const variables = container.env.flatMap(
        ({ valueFrom }: Loose) => valueFrom?.configMapKeyRef?.name ?? [],
      );
      const volumes = job.spec.template.spec.volumes.flatMap(({ configMap }: Loose) => configMap?.name ?? []);
      const names = hooks.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
      expect(variables).not.to.deep.equal([]);
      expect(volumes).not.to.deep.equal([]);
      expect([...new Set([...variables, ...volumes])].sort()).to.deep.equal(names.sort());
    });

    it('share no name between a hook and an object of the release', () => {
      const key = ({ kind, metadata }: Loose) => `${kind}/${metadata.namespace}/${metadata.name}`;
      const released = objects.filter((object) => !hookOf(object)).map(key);
      expect(hooks.map(key).filter((one) => released.includes(one))).to.deep.equal([]);
    });

    it('have the Job in the release of the first installation, without a hook', () => {
      const installed = template(join(folder, 'job'));
      expect(installed.filter(hookOf)).to.deep.equal([]);
      const first = installed.find(({ kind }) => kind === 'Job');
      expect(`${first.metadata.name}-hook`).to.equal(job.metadata.name);
    });
  });

  it('create the namespace, unless the release is in it', async () => {
    const out = await chart('namespace');
    const kinds = (...args: string[]) => template(out, ...args).map(({ kind }) => kind);
    expect(kinds('--namespace', 'auth-system')).not.to.include('Namespace');
    const [namespace] = template(out).filter(({ kind }) => kind === 'Namespace');
    expect(namespace.metadata.annotations['helm.sh/resource-policy']).to.equal('keep');
  });

  it('have the version of the chart in the values', async () => {
    const out = await chart('version', 'chart.version=2.0.0-rc.1');
    expect(parse(readFileSync(join(out, 'Chart.yaml'), 'utf8'))).to.include({ version: '2.0.0-rc.1' });
  });

  it('are a dependency of another chart, by an alias and a condition', async () => {
    await chart('dependency');
    const parent = join(folder, 'parent');
    mkdirSync(parent);
    writeFileSync(
      join(parent, 'Chart.yaml'),
      'apiVersion: v2\nname: platform\nversion: 1.0.0\ndependencies:\n' +
        '  - { name: auth-service, version: 1.0.0, repository: file://../dependency, alias: auth, condition: auth.enabled }\n',
    );
    writeFileSync(join(parent, 'values.yaml'), 'global: { region: eu }\nauth: { enabled: true }\n');
    run('dependency', 'build', parent);
    const without = template(parent, '--set', 'auth.include.ServiceMonitor=false').map(({ kind }) => kind);
    expect(without).to.include('PrometheusRule').and.not.include('ServiceMonitor');
    expect(template(parent, '--set', 'auth.enabled=false')).to.deep.equal([]);
  });
});
