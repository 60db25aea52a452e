import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { configurationOf, documentsOf, type Loose, valuesOf } from './support/synthesized.ts';

const ca = '-----BEGIN CERTIFICATE-----';

/** The names of the ConfigMaps that are immutable. */
const immutableOf = (...sets: string[]): string[] =>
  documentsOf('eks', ...sets).flatMap(({ object }: Loose) =>
    object.kind === 'ConfigMap' && object.immutable ? [object.metadata.name] : [],
  );

describe('charts: the configuration', () => {
  it('is an object of its own for each content', () => {
    const [name, ...others] = immutableOf();
    expect(others).to.deep.equal([]);
    expect(immutableOf('logLevel=debug')).to.not.include(name);
    // A new image alone keeps it.
    expect(immutableOf('image.tag=2.0.0')).to.deep.equal([name]);
    const withCas = (text: string) => immutableOf(`database.ca=${ca}${text},redis.ca=${ca}${text}`);
    expect(withCas('a').join(' ')).to.match(
      /^auth-service-config-[0-9a-f]{10} auth-service-database-ca-[0-9a-f]{10} auth-service-redis-ca-[0-9a-f]{10}$/,
    );
    expect(withCas('a').filter((one) => withCas('b').includes(one) && one !== name)).to.deep.equal([]);
  });

  it('makes pods unready without Postgres only if the values say so', () => {
    const requirement = (...sets: string[]) =>
      configurationOf(documentsOf('eks', ...sets)).data.READINESS_REQUIRES_POSTGRES;
    expect(requirement()).to.equal('off');
    expect(requirement('database.requiredForReadiness=true')).to.equal('on');
  });

  it('remains when Helm, Argo CD or Flux apply another one', () => {
    expect(configurationOf(documentsOf('eks')).metadata.annotations).to.include({
      'helm.sh/resource-policy': 'keep',
      'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
    expect(
      configurationOf(documentsOf('eks')).metadata.annotations['argocd.argoproj.io/sync-options'],
    ).to.contain('Prune=false');
  });

  it('has an issuer and a prefix in Redis of its own where the installation has another name', () => {
    const dataOf = (...sets: string[]) => configurationOf(documentsOf('eks', ...sets)).data;
    expect(dataOf('name=staging')).to.include({
      ISSUER: 'staging.auth-system',
      AUDIENCE: 'staging.auth-system',
      REDIS_KEY_PREFIX: 'staging.auth-system:',
    });
    expect(
      dataOf('name=staging,jwt.issuer=https://id.example.com,extraConfig.REDIS_KEY_PREFIX=own:'),
    ).to.include({ ISSUER: 'https://id.example.com', REDIS_KEY_PREFIX: 'own:' });
    // Other services and the rights of a user of Redis know these.
    const inAnotherNamespace = dataOf('namespace.name=platform');
    expect(inAnotherNamespace).to.include({ ISSUER: 'auth-service', AUDIENCE: 'auth-service' });
    expect(inAnotherNamespace).to.not.have.property('REDIS_KEY_PREFIX');
  });

  it('has a prefix in Redis that the service accepts, however long the namespace is', () => {
    const { REDIS_KEY_PREFIX } = valuesOf(
      'eks',
      `name=${'n'.repeat(36)},namespace.name=${'m'.repeat(63)}`,
    ).extraConfig;
    expect(REDIS_KEY_PREFIX).to.match(/^n{36}-[0-9a-f]{8}:$/);
  });

  it('warns of a distribution of traffic that Kubernetes has deprecated', () => {
    const warnings = (distribution: string) =>
      warningsOf(valuesOf('eks', `kubernetesVersion=newest,service.trafficDistribution=${distribution}`));
    expect(warnings('PreferSameZone')).to.deep.equal([]);
    expect(warnings('PreferClose')).to.deep.equal([
      'warning: eks: service.trafficDistribution is PreferClose, which Kubernetes has deprecated: PreferSameZone means the same since Kubernetes 1.34',
    ]);
  });
});

/** A kubectl that answers from files, and writes what it should delete. */
const kubectl = `#!/bin/sh
case "$*" in
  *"get replicaset,cronjob,job,pod -o yaml") cat "$FOLDER/used" ;;
  *"get configmap -l auth-service/installation=auth-service,app.kubernetes.io/component=configuration -o name") cat "$FOLDER/maps" ;;
  "-n auth-system delete "*) echo "$4" >> "$FOLDER/deleted" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
`;

describe('charts: the command that deletes unused ConfigMaps', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-maps-'));
    writeFileSync(join(folder, 'kubectl'), kubectl, { mode: 0o755 });
    writeFileSync(join(folder, 'deleted'), '');
    const maps = [
      'auth-service-config-aaaaaaaaaa',
      'auth-service-config-bbbbbbbbbb',
      'auth-service-redis-ca-cccccccccc',
    ];
    writeFileSync(join(folder, 'maps'), maps.map((name) => `configmap/${name}\n`).join(''));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the line of the README. */
  function deleted(): string[] {
    const [command = ''] = /^used=.*$/m.exec(readFileSync('charts-ts/README.md', 'utf8')) ?? [];
    expect(command).to.contain('kubectl');
    const { stderr } = spawnSync('sh', ['-c', command], {
      env: { PATH: `${folder}:${process.env.PATH}`, FOLDER: folder },
      encoding: 'utf8',
    });
    expect(stderr).to.not.contain('unexpected');
    return readFileSync(join(folder, 'deleted'), 'utf8').split('\n').slice(0, -1);
  }

  it('keeps those that an older ReplicaSet or a CronJob refers to', () => {
    writeFileSync(
      join(folder, 'used'),
      'name: auth-service-config-bbbbbbbbbb\nconfigMap: {name: auth-service-redis-ca-cccccccccc}\n',
    );
    expect(deleted()).to.deep.equal(['configmap/auth-service-config-aaaaaaaaaa']);
  });

  it('deletes nothing if kubectl cannot read the objects that use them', () => {
    expect(deleted()).to.deep.equal([]);
  });
});
