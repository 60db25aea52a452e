import { expect } from 'chai';
import { parse } from 'yaml';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { buildTarget } from '../../../charts-ts/targets/build-target.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { containerFaults } from '../../../charts-ts/workload/service-container.ts';
import { malformed } from './support/cloud-run-malformed.ts';
import { unwise } from './support/cloud-run-unwise.ts';
import { unwiseResources } from './support/cloud-run-unwise-resources.ts';
import { draw, replaced } from './support/drawn.ts';

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** The variables of a container by name. */
function variablesIn(container: {
  env: { name: string; value?: string }[];
}): Record<string, string | undefined> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

describe('charts: Cloud Run', () => {
  let target: Target;
  let files: FolderContent;
  before(async () => {
    ({ target, files } = await draw('cloud-run'));
  });

  const object = (name: string, content = files) => parse(content.get(name) ?? '');
  const service = (content = files) => object('service.yaml', content).spec.template;

  it('has a service and two jobs of one image, and no fault', () => {
    expect([...files.keys()]).to.deep.equal([
      'service.yaml',
      'migrate-job.yaml',
      'purge-job.yaml',
      'run-monitoring.yaml',
    ]);
    expect([...target.containers(files)].map(({ command }) => command)).to.deep.equal([
      'serve',
      'migrate',
      'purge',
    ]);
    expect([...(target.findings(files) as Iterable<string>)]).to.deep.equal([]);
  });

  it('declares one port and leaves PORT to Cloud Run', () => {
    const [container, collector] = service().spec.containers;
    expect(container.ports).to.deep.equal([{ name: 'http1', containerPort: 8000 }]);
    expect(collector.ports).to.equal(undefined);
    expect(container.env.map(({ name }: { name: string }) => name)).not.to.include('PORT');
  });

  it('takes the secrets of the guide by the number of a version', () => {
    const [container] = service().spec.containers;
    const secrets = container.env.flatMap((one: { name: string; valueFrom?: { secretKeyRef: object } }) =>
      one.valueFrom ? [[one.name, one.valueFrom.secretKeyRef]] : [],
    );
    expect(Object.fromEntries(secrets)).to.deep.equal({
      DB_PRIMARY_DB_URL: { name: 'db-url', key: '1' },
      REDIS_URL: { name: 'redis-url', key: '1' },
      JWT_PRIVATE_KEY: { name: 'jwt-private-key', key: '1' },
      JWT_PUBLIC_KEY: { name: 'jwt-public-key', key: '1' },
    });
  });

  it('backs up to a bucket with an account and a key of its own, if there is one', async () => {
    expect([...files.keys()]).not.to.include('backup-job.yaml');
    const drawn = await draw('cloud-run', 'cloudRun.backup.bucket=my-auth-backups');
    expect([...(await drawn.target.findings(drawn.files))]).to.deep.equal([]);
    const processes = [...drawn.target.containers(drawn.files)].filter(({ command }) => command === 'backup');
    expect(processes.flatMap(containerFaults)).to.deep.equal([]);
    const { containers, serviceAccountName, volumes } = parse(drawn.files.get('backup-job.yaml') ?? '').spec
      .template.spec.template.spec;
    expect(serviceAccountName).to.match(/^auth-service-backup@/);
    expect(containers[0].image).to.match(/\/auth-service-backup:1\.0\.0$/);
    expect(containers[0].args.slice(0, 5)).to.deep.equal([
      ...['backup', '--to', 'rclone:store:my-auth-backups', '--key-file', '/etc/auth/backup/backup-key'],
    ]);
    expect(volumes[0].secret).to.deep.equal({
      secretName: 'backup-key',
      items: [{ key: '1', path: 'backup-key' }],
    });
    const shared = new Map(drawn.files).set(
      'backup-job.yaml',
      (drawn.files.get('backup-job.yaml') ?? '').replace('auth-service-backup@', 'auth-service@'),
    );
    expect([...(await drawn.target.findings(shared))].join()).to.match(
      /backup-job\.yaml: .* which could then read db-owner-url/,
    );
  });

  it('gives the jobs nothing but what their command reads', () => {
    const jobOf = (name: string) => object(name).spec.template.spec.template.spec;
    expect(Object.keys(variablesIn(jobOf('migrate-job.yaml').containers[0]))).to.have.members([
      'ENV',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'DB_PRIMARY_DB_URL',
      'DB_MIGRATION_URL',
    ]);
    expect(Object.keys(variablesIn(jobOf('purge-job.yaml').containers[0]))).to.have.members([
      'ENV',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'DB_PRIMARY_DB_URL',
      'DB_POOL_MAX',
      'DB_PREPARE',
    ]);
    expect(jobOf('purge-job.yaml').serviceAccountName).to.match(/^auth-service@/);
    expect(jobOf('migrate-job.yaml').serviceAccountName).to.match(/^auth-service-migrate@/);
  });

  it('delivers the certificates of Cloud SQL and Memorystore as text', async () => {
    const drawn = await draw('cloud-run', `database.ca=${pem},redis.ca=${pem}`);
    const variables = variablesIn(service(drawn.files).spec.containers[0]);
    expect([variables.DB_CA, variables.REDIS_CA]).to.deep.equal([pem, pem]);
    const migrate = object('migrate-job.yaml', drawn.files).spec.template.spec.template.spec.containers[0];
    expect(variablesIn(migrate).DB_CA).to.equal(pem);
    expect(variablesIn(migrate)).not.to.have.property('REDIS_CA');
  });

  it('mounts the versions of the secret of public keys as files of one folder', async () => {
    const sets = 'cloudRun.publicKeyVersions.next=2,cloudRun.publicKeyVersions.old=1';
    const drawn = await draw('cloud-run', sets);
    const { containers, volumes } = service(drawn.files).spec;
    expect(volumes[0]).to.deep.equal({
      name: 'public-keys',
      secret: {
        secretName: 'jwt-public-keys',
        items: [
          { key: '2', path: 'next.pem' },
          { key: '1', path: 'old.pem' },
        ],
      },
    });
    expect(variablesIn(containers[0]).JWT_PUBLIC_KEYS_DIR).to.equal('/etc/auth/public-keys');
    expect([...(drawn.target.findings(drawn.files) as Iterable<string>)]).to.deep.equal([]);
  });

  it('trusts the front end of Cloud Run, and a load balancer only if there is one', async () => {
    const trusted = (content = files) => variablesIn(service(content).spec.containers[0]).TRUSTED_PROXIES;
    expect(trusted()).to.equal('cloud-run,35.191.0.0/16,130.211.0.0/22,169.254.0.0/16,203.0.113.10');
    const direct = await draw('cloud-run', 'cloudRun.ingress=all,cloudRun.loadBalancerAddress=null');
    expect(trusted(direct.files)).to.equal('cloud-run');
  });

  for (const [set, line] of [
    [
      'cloudRun.loadBalancerAddress=null',
      /^cloudRun\.loadBalancerAddress: is required behind a load balancer/,
    ],
    ['database.maxConnections=199', /^database\.maxConnections: must be at least 200,/],
    [`jwt.publicKeys.next=${pem}`, /^jwt\.publicKeys: Cloud Run mounts no texts of values;/],
    ['autoscaling.cpuUtilization=70', /^autoscaling\.cpuUtilization: must be one of 60$/],
    ['cloudRun.secretVersions.db-url=latest', /^cloudRun\.secretVersions\.db-url: must be a/],
    ['cloudRun.ingress=public', /^cloudRun\.ingress: must be one of all, internal,/],
  ] as const) {
    it(`refuses the value ${set.split('\n')[0]}`, async () => {
      const error = await draw('cloud-run', set).then(
        () => null,
        ({ message }: Error) => message,
      );
      expect(error).to.match(line);
    });
  }

  it('parses the environment as the service does, and names the target', async () => {
    const error = await buildTarget(target, {
      files: [],
      sets: [{ kind: 'set', text: 'resources.limits.memory=512Mi,extraConfig.ARGON2_MEMORY_KIB=400000' }],
    }).then(
      () => null,
      ({ message }: Error) => message,
    );
    expect(error).to.equal(
      'cloud-run: service.yaml: container auth-service: HASH_CONCURRENCY times ARGON2_MEMORY_KIB must fit into half of the memory limit [environment]',
    );
  });

  for (const [title, file, from, to, ...lines] of [...malformed, ...unwise, ...unwiseResources]) {
    it(`refuses ${title}`, () => {
      const found = target.findings(replaced(files, file, from, to)) as Iterable<string>;
      expect([...found]).to.deep.equal(lines);
    });
  }

  it('refuses a folder without the job that migrates, and a file that is no YAML', () => {
    const without = new Map([...files].filter(([name]) => name !== 'migrate-job.yaml'));
    expect([...(target.findings(without) as Iterable<string>)]).to.deep.equal([
      'migrate-job.yaml: is missing [file]',
    ]);
    const [line] = target.findings(new Map([...files, ['purge-job.yaml', 'a: [']])) as Iterable<string>;
    expect(line).to.match(/^purge-job\.yaml: Flow sequence in block.* \[yaml\]$/);
  });
});
