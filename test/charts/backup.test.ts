import { expect } from 'chai';
import { documentsOf, type Loose, only, remoteBackup, valuesOf } from './support/synthesized.ts';

const claim = 'backup.enabled=true,backup.claim=auth-backups';
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

type Documents = ReturnType<typeof documentsOf>;

const backupJob = (documents: Documents): Loose =>
  only(documents, 'CronJob', 'auth-service-backup').spec.jobTemplate.spec;
const drillJob = (documents: Documents): Loose =>
  only(documents, 'CronJob', 'auth-service-restore-drill').spec.jobTemplate.spec;
const restoreJob = (documents: Documents): Loose => only(documents, 'Job').spec;
const containerOf = ({ template }: Loose): Loose => template.spec.containers[0];

/** The keys of Secrets that a pod mounts, as SECRET/KEY. */
const secretsOf = ({ template }: Loose): string[] =>
  template.spec.volumes.flatMap(({ secret }: Loose) =>
    (secret?.items ?? []).map(({ key }: Loose) => `${secret.secretName}/${key}`),
  );

/** Whether a selector of Kubernetes selects a pod. */
function selects({ matchExpressions = [], matchLabels = {} }: Loose, labels: Loose): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(
      ({ key, operator, values }: Loose) => values.includes(labels[key]) === (operator === 'In'),
    )
  );
}

/** The ports that a pod may reach, with the address blocks. */
function egressOf(documents: Documents, { template }: Loose): string[] {
  return documents
    .filter(({ object }) => object.kind === 'NetworkPolicy')
    .map(({ object }: Loose) => object.spec)
    .filter(({ podSelector }) => selects(podSelector, template.metadata.labels))
    .flatMap(({ egress = [] }) => egress)
    .flatMap(({ ports, to }: Loose) =>
      ports.flatMap(({ port }: Loose) =>
        to.map(({ ipBlock }: Loose) => `${ipBlock ? ipBlock.cidr : 'pods'}:${port}`),
      ),
    );
}

describe('charts: backups', () => {
  it('are off by default', () => {
    expect(JSON.stringify(documentsOf('eks'))).not.to.contain('auth-service-backup');
  });

  it('run by the schedule, never twice, with the command of the image with pg_dump', () => {
    const documents = documentsOf(
      'eks',
      `${claim},backup.schedule=5 1 * * *,backup.ageRecipients={${recipient}}`,
    );
    const { spec } = only(documents, 'CronJob', 'auth-service-backup');
    expect(spec).to.include({ schedule: '5 1 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid' });
    expect(spec.startingDeadlineSeconds).to.be.greaterThan(0);
    const { args, image } = containerOf(backupJob(documents));
    expect(image).to.equal('123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/auth-service-backup:1.0.0');
    expect(args).to.eql([
      ...['backup', '--to', '/var/backups/auth', '--key-file', '/etc/auth/backup/backup-key'],
      ...['--age-recipient', recipient, '--keep', '14', '--keep-days', '30'],
    ]);
  });

  it('write into the volume, which a restore only reads', () => {
    const documents = documentsOf('eks', claim);
    const mountOf = (job: Loose) =>
      containerOf(job).volumeMounts.find(({ mountPath }: Loose) => mountPath === '/var/backups/auth');
    expect(mountOf(backupJob(documents))).not.to.have.property('readOnly');
    const volume = restoreJob(documents).template.spec.volumes.find(({ name }: Loose) => name === 'backups');
    expect(volume.persistentVolumeClaim).to.eql({ claimName: 'auth-backups', readOnly: true });
  });

  it('know the URLs of Postgres and the key file, and no other secret', () => {
    expect(secretsOf(backupJob(documentsOf('eks', claim)))).to.have.members([
      'auth-secrets/db-url',
      'auth-owner-secrets/db-owner-url',
      'auth-backup/backup-key',
    ]);
  });

  it('let only the pods of a restore see the key that decrypts', () => {
    const documents = documentsOf('gke', ...remoteBackup);
    expect(secretsOf(backupJob(documents))).not.to.include('auth-restore/age-identity');
    for (const job of [restoreJob(documents), drillJob(documents)]) {
      expect(secretsOf(job)).to.include('auth-restore/age-identity');
      expect(containerOf(job).args).to.include.members(['--age-identity', '/etc/auth/restore/age-identity']);
    }
    expect(secretsOf(restoreJob(documentsOf('eks', claim))).join()).not.to.contain('age-identity');
  });

  it('reach DNS, Postgres and the object store, and no pod but theirs reaches the store', () => {
    const documents = documentsOf('gke', ...remoteBackup);
    const all = egressOf(documents, backupJob(documents));
    const reached = all.filter((peer) => !peer.endsWith(':53'));
    expect(all).to.include('pods:53');
    const database = only(documents, 'NetworkPolicy', 'auth-service-pods').spec.egress[1].to[0].ipBlock.cidr;
    expect(reached).to.have.members([
      ...[`${database}:5432`, '199.36.153.8/30:443'],
      // Where the metadata server of GKE gives the pods their tokens.
      ...['169.254.169.254/32:80', '169.254.169.252/32:988'],
    ]);
    const others = [
      only(documents, 'Deployment').spec,
      only(documents, 'CronJob', 'auth-service-purge').spec.jobTemplate.spec,
    ];
    for (const workload of others) {
      const ofOthers = egressOf(documents, workload);
      expect(ofOthers.join())
        .to.match(/:6379/)
        .and.not.to.match(/:443|:80|:988/);
    }
  });

  it('have an identity of their own in each cloud', () => {
    const sets = (identity: string) => [...remoteBackup, `backup.identity=${identity}`];
    const account = (documents: Documents) =>
      only(documents, 'ServiceAccount', 'auth-service-backup').metadata.annotations;
    const role = 'arn:aws:iam::123456789012:role/auth-backup';
    expect(account(documentsOf('eks', ...sets(role)))).to.eql({ 'eks.amazonaws.com/role-arn': role });
    const google = 'auth-backup@your-project.iam.gserviceaccount.com';
    expect(account(documentsOf('gke', ...sets(google)))).to.eql({ 'iam.gke.io/gcp-service-account': google });
    const client = '11111111-1111-4111-8111-111111111111';
    const documents = documentsOf('aks', ...sets(client));
    expect(account(documents)).to.eql({ 'azure.workload.identity/client-id': client });
    for (const { template } of [backupJob(documents), restoreJob(documents), drillJob(documents)]) {
      expect(template.metadata.labels).to.include({ 'azure.workload.identity/use': 'true' });
      expect(template.spec).to.include({
        serviceAccountName: 'auth-service-backup',
        automountServiceAccountToken: false,
      });
    }
    expect(only(documents, 'Deployment').spec.template.spec.serviceAccountName).to.equal('auth-service');
  });

  it('take the settings of rclone as variables and its credentials as a file', () => {
    const sets = ['backup.enabled=true,backup.remote=store:bucket,backup.hasRcloneFile=true'];
    const documents = documentsOf(
      'eks',
      ...sets,
      'backup.egress[0].port=443,backup.egress[0].peers[0].cidr=192.0.2.0/24',
    );
    const { args, env } = containerOf(backupJob(documents));
    expect(args.slice(0, 3)).to.eql(['backup', '--to', 'rclone:store:bucket']);
    expect(env).to.deep.include({ name: 'RCLONE_CONFIG', value: '/etc/auth/backup/rclone.conf' });
    expect(secretsOf(backupJob(documents))).to.include('auth-backup/rclone.conf');
    const plain = containerOf(backupJob(documentsOf('gke', ...remoteBackup))).env;
    expect(plain).to.deep.include({ name: 'RCLONE_CONFIG_STORE_ENV_AUTH', value: 'yes' });
  });

  it('are restored by a Job that has no name and is not repeated', () => {
    const options =
      'backup.restore.replace=true,backup.restore.archive=auth-1,backup.restore.alsoRevoke={-kid}';
    const job = only(documentsOf('eks', `${claim},${options}`), 'Job');
    expect(job.metadata)
      .to.include({ generateName: 'auth-service-restore-' })
      .and.not.to.have.property('name');
    expect(job.spec.backoffLimit).to.equal(0);
    expect(containerOf(job.spec).args).to.eql([
      ...['restore', '--from', '/var/backups/auth', '--key-file', '/etc/auth/backup/backup-key'],
      ...['--replace', '--also-revoke=-kid', 'auth-1'],
    ]);
  });

  it('end the sessions of a database that the provider has restored', () => {
    const options =
      'backup.restore.afterSnapshot=true,backup.restore.replace=true,backup.restore.alsoRevoke={kid}';
    const { args } = containerOf(restoreJob(documentsOf('eks', `${claim},${options}`)));
    expect(args).to.eql(['restore', '--after-snapshot', '--also-revoke=kid']);
  });

  it('are tried by a drill that replaces nothing', () => {
    const { args } = containerOf(drillJob(documentsOf('eks', `${claim},backup.drill.enabled=true`)));
    expect(args.slice(0, 2)).to.eql(['restore', '--drill']);
    expect(args).not.to.include('--replace');
  });

  const faults: [sets: string, fault: string][] = [
    ['backup.enabled=true', 'backup: must set exactly one of backup.claim and backup.remote'],
    [`${claim},backup.remote=store:bucket`, 'backup: must set exactly one of'],
    ['backup.enabled=true,backup.remote=store:bucket', 'backup.rclone.RCLONE_CONFIG_STORE_TYPE: must be set'],
    ['backup.enabled=true,backup.remote=store:bucket', 'backup.identity: must be set'],
    ['backup.enabled=true,backup.remote=store:bucket', 'backup.egress: must name the object store'],
    ['backup.remote=bucket', 'backup.remote: must be REMOTE:PATH of rclone'],
    ['backup.ageRecipients={AGE-SECRET-KEY-1}', 'backup.ageRecipients[0]: must be a public key of age'],
    [`${claim},backup.schedule=0 25 * * *`, 'backup.schedule: must have an hour from 0 to 23'],
    [`${claim},backup.schedule=0 4 30 2 *`, 'backup.schedule: must run more often than once in eight years'],
    [`${claim},backup.resources.limits.cpu=1m`, 'backup.resources.limits.cpu: must not be below the request'],
  ];
  for (const [sets, fault] of faults)
    it(`are refused with ${sets}: ${fault}`, () => {
      expect(() => valuesOf('eks', sets)).to.throw(fault);
    });
});
