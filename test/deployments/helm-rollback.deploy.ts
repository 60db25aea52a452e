import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { findHelm } from '../charts/support/helm.ts';
import { documentsOf } from '../charts/support/synthesized.ts';
import { startKubernetesApi } from './support/kubernetes-api.ts';

const runToEnd = promisify(execFile);
const helm = findHelm();

/** Kinds of objects that every cluster has. */
const isBuiltIn = (apiVersion: string): boolean =>
  !/\.(io|com|aws)\//.test(apiVersion) || apiVersion.includes('.k8s.io/');

describe('helm rollback of a chart', function () {
  this.timeout(120_000);
  let folder: string;
  let api: Awaited<ReturnType<typeof startKubernetesApi>>;

  before(async function () {
    if (!helm) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'helm-rollback-'));
    for (const level of ['info', 'debug', 'warn'])
      await runSynth([
        '--cloud',
        'eks',
        '--format',
        'helm',
        '--out',
        join(folder, level),
        '--set',
        `logLevel=${level}`,
      ]);
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const optional = [
    ...new Set(
      documentsOf('eks')
        .filter(({ object }) => !isBuiltIn(object.apiVersion))
        .map(({ object }) => object.kind),
    ),
  ];

  beforeEach(async () => {
    const kinds = documentsOf('eks').map(({ object: { apiVersion, kind, metadata } }) => ({
      apiVersion,
      kind,
      isNamespaced: metadata?.namespace !== undefined,
    }));
    const builtIn = kinds.filter(({ apiVersion }) => isBuiltIn(apiVersion));
    const all = [...builtIn, { apiVersion: 'v1', kind: 'Secret', isNamespaced: true }];
    const distinct = [...new Map(all.map((one) => [one.kind, one])).values()];
    api = await startKubernetesApi(distinct);
    const context = { cluster: 'test', user: 'test' };
    writeFileSync(
      join(folder, 'kubeconfig'),
      stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
        clusters: [{ name: 'test', cluster: { server: api.url } }],
        contexts: [{ name: 'test', context }],
        users: [{ name: 'test', user: {} }],
      }),
    );
  });
  afterEach(() => api.close());

  async function run(...args: string[]): Promise<string> {
    const homes = ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(folder, name)]);
    const env = {
      ...Object.fromEntries(homes),
      PATH: process.env.PATH,
      // Helm and kubectl keep a cache there.
      HOME: folder,
      KUBECONFIG: join(folder, 'kubeconfig'),
    };
    const { stdout } = await runToEnd(helm ?? '', [...args, '--namespace', 'auth-releases'], { env });
    return stdout;
  }
  /** Installs or upgrades to a configuration. */
  const apply = (level: string): Promise<string> =>
    run(
      ...['upgrade', '--install', 'auth-service', join(folder, level), '--disable-openapi-validation'],
      ...optional.flatMap((kind) => ['--set', `include.${kind}=false`]),
    );
  const configurations = (): string[] => api.names('ConfigMap').filter((name) => name.includes('-config-'));
  /** The ConfigMap that the pods of the Deployment read. */
  const used = (): string => {
    const [, name = ''] =
      /"configMapKeyRef":{[^}]*"name":"([^"]+)"/.exec(
        JSON.stringify(api.object('Deployment', 'auth-service')),
      ) ?? [];
    return name;
  };

  it('returns to an earlier configuration, and keeps every one', async () => {
    await apply('info');
    const first = used();
    await apply('debug');
    const second = used();
    await apply('warn');
    const third = used();
    expect(new Set([first, second, third]).size).to.equal(3);
    for (const [revision, name] of [
      ['2', second],
      ['1', first],
    ] as const) {
      expect(await run('rollback', 'auth-service', revision)).to.contain('Rollback was a success');
      expect(used()).to.equal(name);
    }
    // The release of the first revision does not know the third configuration, which the cluster has.
    await apply('warn');
    expect(used()).to.equal(third);
    expect(configurations()).to.have.members([first, second, third]);
  });

  it('changes nothing that another release or another tool has written', async () => {
    await apply('info');
    const [first = ''] = configurations();
    api.object('ConfigMap', first).metadata.annotations['meta.helm.sh/release-name'] = 'other';
    await apply('debug');
    expect(await run('get', 'manifest', 'auth-service')).to.not.contain(first);
  });
});
