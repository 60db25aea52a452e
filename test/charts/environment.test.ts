import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { parseConfig } from '../../app/config/config.ts';
import { realFiles } from '../../app/config/reader.ts';
import type { Document } from '../../charts-ts/gate/document.ts';
import { validateManifests } from '../../charts-ts/gate/gate.ts';
import { faultsOf } from '../support/configuration.ts';
import { start } from '../support/process.ts';
import { silentLog } from '../support/stores.ts';
import { type RealContainer, realContainers } from './support/containers.ts';
import { configurationOf, documentsOf, only, variants } from './support/synthesized.ts';

function committed(cloud: string): Document[] {
  return readdirSync(`k8s-out/${cloud}`).flatMap((name) =>
    parseAllDocuments(readFileSync(`k8s-out/${cloud}/${name}`, 'utf8')).map((document) => ({
      file: name,
      object: document.toJS(),
    })),
  );
}

const [ca = ''] = rootCertificates;

const sources: readonly (readonly [title: string, () => Document[]])[] = [
  ...(['eks', 'gke', 'aks'] as const).map((cloud) => [`k8s-out/${cloud}`, () => committed(cloud)] as const),
  ...[
    ...variants,
    ['eks', 'secrets.delivery=env'] as const,
    ['gke', 'secrets.delivery=env,jwt.algorithm=HS256,jwt.previousSecret=true'] as const,
    [
      'gke',
      'resources.limits.cpu=null,migrations.resources.limits.cpu=null',
      'purge.resources.limits.cpu=null',
    ] as const,
    ['aks', `jwt.algorithm=ES256,database.ca=${ca}`, `redis.ca=${ca}`] as const,
  ].map(
    ([cloud, ...sets]) =>
      [
        `${cloud} ${sets.join(' ').slice(0, 80).split('\n')[0]}`.trim(),
        () => documentsOf(cloud, ...sets),
      ] as const,
  ),
];

describe('charts: environment', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'containers-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const known = new Map<(typeof sources)[number], RealContainer[]>();
  /** Writes the files of the containers when a test first asks for them. */
  function containersOf(source: (typeof sources)[number]): RealContainer[] {
    const [, documents] = source;
    const containers = known.get(source) ?? realContainers(documents(), mkdtempSync(join(root, 'of-')));
    known.set(source, containers);
    return containers;
  }

  for (const source of sources) {
    const [title] = source;
    it(`of every container passes the service's own parser in ${title}`, () => {
      const containers = containersOf(source);
      expect(containers.map(({ command }) => command)).to.have.members([
        ...['migrate', 'serve', 'keep-port', 'purge'],
        ...(title.includes('administrator') ? ['admin'] : []),
        ...(title.includes('backup') ? ['backup', 'restore'] : []),
        ...(title.includes('drill') ? ['restore'] : []),
      ]);
      for (const { command, env, machine, title } of containers)
        expect(faultsOf(env, machine, command), title).to.deep.equal([]);
    });
  }

  it('of a container without a CPU limit keeps a large node from hashing on all of its CPUs', () => {
    const source = sources.find(([title]) => title.includes('resources.limits.cpu=null'));
    const api = source && containersOf(source).find(({ command }) => command === 'serve');
    if (!api) throw new Error('there is no container of the API');
    expect(parseConfig(api.env, api.machine, realFiles).hashing.concurrency).to.equal(1);
    const { HASH_CONCURRENCY: _, ...without } = api.env;
    expect(faultsOf(without, api.machine, 'serve')).to.deep.equal([
      'HASH_CONCURRENCY times ARGON2_MEMORY_KIB must fit into half of the memory limit',
    ]);
  });

  it('lets the migrate command reach for the database, which does not answer', async () => {
    const environments = sources.flatMap((source) =>
      containersOf(source).flatMap(({ command, env, machine }) =>
        command === 'migrate' ? [{ env, machine }] : [],
      ),
    );
    // Many values change nothing in the environment.
    const withoutFolder = (environment: object) => JSON.stringify(environment).replaceAll(/of-\w+/g, '');
    const distinct = new Map(environments.map((environment) => [withoutFolder(environment), environment]));
    expect(distinct.size).to.be.greaterThan(2);
    for (const { env, machine } of distinct.values()) {
      const fault = await migrateCommand(parseConfig(env, machine, realFiles, 'migrate'), silentLog).catch(
        (error: unknown) => error,
      );
      expect(fault).to.have.property('code', 'ECONNREFUSED');
    }
  });

  it('starts the executable with the command migrate, as far as that database', async function () {
    this.timeout(60_000);
    const containers = realContainers(committed('eks'), mkdtempSync(join(root, 'of-')));
    const process = start(['migrate'], containers.find(({ command }) => command === 'migrate')?.env);
    expect(await process.ended).to.equal(1);
    expect(process.output()).to.match(/ECONNREFUSED/);
  });

  it('is refused under the name of the container and the variable', async () => {
    const documents = documentsOf('eks');
    configurationOf(documents).data.DB_POOL_MAX = 'many';
    const lines = await validateManifests(documents, { kubernetesVersion: '1.28', allow: [] });
    expect(lines.filter((line) => line.endsWith('[environment]'))).to.deep.equal([
      '31-deployment.yaml Deployment/auth-service: container auth-service: DB_POOL_MAX must be a whole number from 1 to 1000 [environment]',
      '40-purge.yaml CronJob/auth-service-purge: container purge: DB_POOL_MAX must be a whole number from 1 to 1000 [environment]',
    ]);
  });

  it('is refused when the file of a secret is not among the mounted ones', async () => {
    const documents = documentsOf('eks');
    const [container] = only(documents, 'Deployment').spec.template.spec.containers;
    container.env.find(({ name }: { name: string }) => name === 'JWT_PRIVATE_KEY_PATH').value =
      '/etc/auth/secrets/key';
    const lines = await validateManifests(documents, { kubernetesVersion: '1.28', allow: [] });
    expect(lines).to.deep.equal([
      '31-deployment.yaml Deployment/auth-service: container auth-service: JWT_PRIVATE_KEY_PATH names a file that cannot be read [environment]',
    ]);
  });
});
