import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { blocksOf } from '../../deployments/support/page.ts';
import {
  commandsOf,
  option,
  type Recorded,
  recordCommands,
} from '../../deployments/support/recorded-commands.ts';
import { draw } from './support/drawn.ts';
import { synthesizePage } from './support/page-synth.ts';

const page = 'docs/deploy/cloud-run.md';
const programs = ['gcloud', 'docker', 'psql', 'npm', 'openssl', 'curl'];

// biome-ignore lint/suspicious/noExplicitAny: a test reaches into objects of every kind, and a wrong path fails the test.
type Loose = any;

/** The secrets of a file: those of variables and those that are mounted. */
function secretsIn({ containers, volumes = [] }: Loose): string[] {
  const ofVariables = containers.flatMap(({ env = [] }: Loose) =>
    env.flatMap(({ valueFrom }: Loose) => valueFrom?.secretKeyRef.name ?? []),
  );
  return [
    ...new Set<string>([...ofVariables, ...volumes.map(({ secret }: Loose) => secret.secretName)]),
  ].sort();
}

describe('docs/deploy/cloud-run.md', () => {
  let commands: Recorded[];
  let files: FolderContent;
  before(async () => {
    commands = recordCommands(blocksOf(page), { answer: '203.0.113.10', programs });
    const further = 'cloudRun.publicKeyVersions.next=1,cloudRun.backup.bucket=a-bucket';
    ({ files } = await draw('cloud-run', further));
  });

  const object = (name: string): Loose => parse(files.get(name) ?? '');
  const revision = (): Loose => object('service.yaml').spec.template;
  const task = (name: string): Loose => object(name).spec.template.spec.template.spec;
  const gcloud = (...words: string[]) => commandsOf(commands, 'gcloud', ...words);

  it('creates the secrets of the files and no others', () => {
    const jobs = ['migrate-job.yaml', 'purge-job.yaml', 'backup-job.yaml'].map(task);
    const used = [revision().spec, ...jobs].flatMap(secretsIn);
    const created = gcloud('secrets', 'create').map(({ args }) => args[2]);
    expect(created).to.have.members([...new Set(used)]);
  });

  it('lets each account read exactly the secrets of its files', () => {
    const readers = (account: string): string[] =>
      gcloud('secrets', 'add-iam-policy-binding')
        .filter((one) => option(one, 'member') === `serviceAccount:${account}`)
        .map(({ args }) => args[2] ?? '')
        .sort();
    const { serviceAccountName, ...service } = revision().spec;
    expect(readers(serviceAccountName)).to.deep.equal(secretsIn(service));
    for (const job of [task('migrate-job.yaml'), task('backup-job.yaml')])
      expect(readers(job.serviceAccountName)).to.deep.equal(secretsIn(job));
    expect(task('purge-job.yaml').serviceAccountName).to.equal(serviceAccountName);
  });

  it('creates the service accounts of the files', () => {
    const created = gcloud('iam', 'service-accounts', 'create').map(({ args }) => args[3]);
    const used = [revision().spec, task('migrate-job.yaml'), task('backup-job.yaml')].map(
      ({ serviceAccountName }) => serviceAccountName.split('@')[0],
    );
    expect(created).to.include.members(used);
  });

  it('creates the network of the files, and connects the stores to it', () => {
    const [network] = JSON.parse(revision().metadata.annotations['run.googleapis.com/network-interfaces']);
    expect(gcloud('compute', 'networks', 'create').map(({ args }) => args[3])).to.deep.equal([
      network.network,
    ]);
    const [subnet] = gcloud('compute', 'networks', 'subnets', 'create');
    expect([subnet?.args[4], subnet && option(subnet, 'network')]).to.deep.equal([
      network.subnetwork,
      network.network,
    ]);
    for (const store of [...gcloud('sql', 'instances', 'create'), ...gcloud('redis', 'instances', 'create')])
      expect(option(store, 'network')).to.match(new RegExp(`/networks/${network.network}$`));
  });

  it('names the service and the jobs as the files do', () => {
    const names = ['service.yaml', 'migrate-job.yaml', 'purge-job.yaml', 'backup-job.yaml'].map(
      (name) => object(name).metadata.name,
    );
    const replaced = [...gcloud('run', 'services', 'replace'), ...gcloud('run', 'jobs', 'replace')];
    for (const { args } of replaced)
      expect([...files.keys()]).to.include(args[3]?.replace('deploy/cloud-run/', ''));
    const named = [
      ...gcloud('run', 'services').filter(({ args }) => args[2] !== 'replace' && args[2] !== 'logs'),
      ...gcloud('run', 'jobs').filter(({ args }) => args[2] !== 'replace' && args[2] !== 'executions'),
    ];
    expect(named).to.have.length.above(6);
    for (const { args } of named) expect(names).to.include(args[3]);
  });

  it('starts the purge at the time of the values', async () => {
    const { target } = await draw('cloud-run');
    const [trigger] = gcloud('scheduler', 'jobs', 'create', 'http');
    expect(target.name).to.equal('cloud-run');
    expect(trigger && option(trigger, 'schedule')).to.equal('17 3 * * *');
    expect(trigger && option(trigger, 'uri')).to.match(/\/jobs\/auth-service-purge:run$/);
  });

  it('pushes the image that the files start', () => {
    const [push, backup] = commandsOf(commands, 'docker', 'push');
    expect(push?.args[1]).to.equal(revision().spec.containers[0].image);
    expect(backup?.args[1]).to.equal(task('backup-job.yaml').containers[0].image);
  });

  it('draws its values file in each of its synth commands', async () => {
    const written = await synthesizePage(page, commands);
    const versions = written.map((own) => {
      const { containers, volumes } = parse(own.get('service.yaml') ?? '').spec.template.spec;
      const key = (name: string) =>
        containers[0].env.find((one: Loose) => one.name === name).valueFrom.secretKeyRef.key;
      const keys = volumes.find(({ name }: Loose) => name === 'public-keys')?.secret.items ?? [];
      return [
        key('DB_PRIMARY_DB_URL'),
        key('JWT_PRIVATE_KEY'),
        keys.map(({ key: one }: Loose) => one).join(),
      ];
    });
    expect(versions).to.deep.equal([
      ['1', '1', ''],
      ['1', '1', ''],
      ['1', '1', ''],
      ['2', '1', ''],
      ['1', '1', '1'],
      ['1', '2', '2'],
      ['1', '1', ''],
    ]);
  });

  it('ends with everything deleted that it creates for the service', () => {
    const names = (verb: string, ...words: string[]) =>
      gcloud(...words, verb).map(({ args }) => args[words.length + 1]);
    expect(names('delete', 'secrets')).to.have.members(names('create', 'secrets'));
    for (const kind of [
      'network-endpoint-groups',
      'backend-services',
      'url-maps',
      'ssl-certificates',
      'forwarding-rules',
    ])
      expect(names('delete', 'compute', kind), kind).to.deep.equal(names('create', 'compute', kind));
    expect(names('delete', 'sql', 'instances')).to.deep.equal(names('create', 'sql', 'instances'));
    expect(names('delete', 'redis', 'instances')).to.deep.equal(names('create', 'redis', 'instances'));
  });
});
