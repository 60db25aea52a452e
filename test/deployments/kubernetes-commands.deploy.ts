import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { pemPair } from '../support/keys.ts';
import { kubectl, kubectlOrThrow, needCluster, needVariable } from './support/kubernetes.ts';

const run = randomBytes(4).toString('hex');
const namespace = `auth-test-${run}`;
const ofNamespace = ['-n', namespace];
const password = `correct-Giraffe-${run}-staple`;
const inPod = ['exec', '-i', ...ofNamespace, 'deployment/auth-service', '-c', 'auth-service', '--'];

/** Logs in on the port of the API in its pod, because the cluster may be reachable by kubectl only. */
const login = `
const { request } = await import('node:http');
const body = require('node:fs').readFileSync(0);
const headers = { host: 'auth-service', 'content-type': 'application/json', 'content-length': body.length };
request({ port: 8000, path: '/api/v1/auth/login', method: 'POST', headers }, (answer) => {
  answer.setEncoding('utf8').reduce((all, part) => all + part, '').then((text) => {
    const token = JSON.parse(text).data?.access_token.split('.')[1] ?? '';
    console.log(JSON.stringify({ status: answer.statusCode, roles: token && JSON.parse(atob(token)).roles }));
  });
}).end(body);`;

function logIn(email: string): { status: number; roles: string[] } {
  const body = JSON.stringify({ email, password });
  return JSON.parse(kubectlOrThrow([...inPod, 'node', '--eval', `(async () => {${login}})()`], body));
}

/** The lines DB_PRIMARY_DB_URL, REDIS_URL and CA_FILE of stores that the pods of the cluster reach by TLS. */
function storesOf(path: string) {
  const { CA_FILE = '', DB_PRIMARY_DB_URL = '', REDIS_URL = '' } = parseEnv(readFileSync(path, 'utf8'));
  return { caFile: CA_FILE, databaseUrl: DB_PRIMARY_DB_URL, redisUrl: REDIS_URL };
}

function createSecret(name: string, stringData: Readonly<Record<string, string>>): void {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
  kubectlOrThrow(['create', '-f', '-'], JSON.stringify(secret));
}

/** Image and tag of a reference. */
function imageOf(reference: string): { repository: string; tag: string } {
  const [, repository = '', tag = ''] = /^(.+):([^:/]+)$/.exec(reference) ?? [];
  return { repository, tag };
}

/** Backups into a folder of the nodes, which stands in for the volume of a storage class. */
function backupVolume(folder: string): string {
  const capacity = { storage: '1Gi' };
  const common = { storageClassName: '', accessModes: ['ReadWriteOnce'] };
  const volume = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: namespace } },
    spec: { ...common, capacity, hostPath: { path: folder } },
  };
  const claim = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'auth-backups', namespace } },
    spec: { ...common, volumeName: namespace, resources: { requests: capacity } },
  };
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [volume, claim] });
}

/** Values for any cluster: two small replicas, reached by kubectl only. */
function setsFor(image: string, caFile: string, backupImage = image): string[] {
  const { repository, tag } = imageOf(image);
  const backup = imageOf(backupImage);
  return [
    ...['--set', `image.repository=${repository},image.tag=${tag},namespace.name=${namespace}`],
    ...['--set', `scheduling.priorityClass.name=${namespace},ingress.kind=none,rollout.minReadySeconds=0`],
    ...['--set', 'monitoring.serviceMonitor.enabled=false,monitoring.rules.enabled=false'],
    ...['--set', 'autoscaling.enabled=false,replicas=2,resources.requests.cpu=50m,rollout.drainDelay=0s'],
    ...['--set', 'database.peers[0].cidr=0.0.0.0/0,redis.peers[0].cidr=0.0.0.0/0,secrets.ownerName=null'],
    ...['--set', `administrator.email=job.${run}@example.com,administrator.username=job.${run}`],
    ...['--set', 'backup.enabled=true,backup.claim=auth-backups,backup.restore.replace=true'],
    ...['--set', `backup.image.repository=${backup.repository},backup.image.tag=${backup.tag}`],
    ...['--set-file', `database.ca=${caFile}`, '--set-file', `redis.ca=${caFile}`],
  ];
}

describe('commands of the image in a real cluster', function () {
  this.timeout(600_000);
  let folder = '';
  let out = '';

  before(async function () {
    needCluster(this);
    const image = needVariable(this, 'KUBERNETES_IMAGE', 'the image of the service, as the nodes pull it');
    const lines = 'a file with the lines DB_PRIMARY_DB_URL, REDIS_URL and CA_FILE of stores for the pods';
    const stores = storesOf(needVariable(this, 'KUBERNETES_STORES', lines));
    folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    out = join(folder, 'out');
    const env = join(folder, '.env.test');
    const { privatePem, publicPem } = pemPair('kubernetes');
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'private.pem'), privatePem);
    writeFileSync(join(folder, 'keys', 'public.pem'), publicPem);
    const keys = 'JWT_PRIVATE_KEY_PATH=keys/private.pem\nJWT_PUBLIC_KEY_PATH=keys/public.pem\n';
    writeFileSync(env, `DB_PRIMARY_DB_URL=${stores.databaseUrl}\nREDIS_URL=${stores.redisUrl}\n${keys}`);
    await runSynth([
      ...['--cloud', 'eks', '--secrets-from', env, '--out', out],
      ...setsFor(image, stores.caFile, process.env.KUBERNETES_BACKUP_IMAGE),
    ]);
    kubectlOrThrow(['apply', '-f', join(out, '00-namespace.yaml'), '-f', `${env}.secret.yaml`]);
    kubectlOrThrow(['apply', '-f', out]);
    kubectlOrThrow(['rollout', 'status', ...ofNamespace, 'deployment/auth-service', '--timeout=8m']);
  });
  after(() => {
    if (!folder) return;
    rmSync(folder, { recursive: true });
    kubectl(['delete', 'namespace', namespace, '--wait=false']);
    kubectl(['delete', 'priorityclass', namespace, '--wait=false']);
    kubectl(['delete', 'persistentvolume', namespace, '--ignore-not-found', '--wait=false']);
  });

  it('has a bare image: neither npm nor npx nor corepack', () => {
    const { status, stdout } = kubectl([...inPod, 'sh', '-c', 'command -v npm npx corepack']);
    expect(stdout).to.equal('');
    expect(status).to.not.equal(0);
  });

  it('make the first administrator by kubectl exec, who can log in', () => {
    const email = `exec.${run}@example.com`;
    const account = ['--email', email, '--username', `exec.${run}`];
    kubectlOrThrow([...inPod, 'auth-service', 'admin', 'create', ...account], `${password}\n`);
    expect(logIn(email)).to.deep.equal({ status: 200, roles: ['admin', 'user'] });
  });

  /** Creates the Job, and returns the log of its pod when the Job has succeeded. */
  function runAdministratorJob(): string {
    const job = kubectlOrThrow([
      'create',
      '-f',
      join(out, 'jobs', 'administrator.yaml'),
      '-o',
      'name',
    ]).trim();
    kubectlOrThrow(['wait', ...ofNamespace, job, '--for=condition=Complete', '--timeout=5m']);
    return kubectlOrThrow(['logs', ...ofNamespace, job]);
  }

  it('make the first administrator by a Job with the password from a Secret, as often as it runs', () => {
    const email = `job.${run}@example.com`;
    expect(logIn(email).status).to.equal(401);
    createSecret('auth-administrator', { password: `${password}\n` });
    const logs = [runAdministratorJob(), runAdministratorJob()];
    expect(logIn(email)).to.deep.equal({ status: 200, roles: ['admin', 'user'] });
    expect(logs[1]).to.not.equal(logs[0]);
    for (const log of logs) expect(log).to.not.contain(password);
  });

  it('back up the database into a volume, and restore it by a Job', function () {
    needVariable(this, 'KUBERNETES_BACKUP_IMAGE', 'the image with the programs of Postgres');
    const folder = needVariable(
      this,
      'KUBERNETES_BACKUP_FOLDER',
      'a folder on the nodes, which 10001 may write',
    );
    kubectlOrThrow(['apply', '-f', '-'], backupVolume(folder));
    createSecret('auth-backup', { 'backup-key': randomBytes(48).toString('base64') });
    const complete = (job: string): string => {
      kubectlOrThrow(['wait', ...ofNamespace, job, '--for=condition=Complete', '--timeout=5m']);
      return kubectlOrThrow(['logs', ...ofNamespace, job]);
    };
    kubectlOrThrow(['create', 'job', 'first', ...ofNamespace, '--from=cronjob/auth-service-backup']);
    expect(complete('job/first')).to.match(/auth-\S+: \d+ rows as of /);

    const later = `later.${run}@example.com`;
    const account = ['--email', later, '--username', `later.${run}`];
    kubectlOrThrow([...inPod, 'auth-service', 'admin', 'create', ...account], `${password}\n`);
    expect(logIn(later).status).to.equal(200);

    const scale = ['scale', ...ofNamespace, 'deployment/auth-service'];
    kubectlOrThrow([...scale, '--replicas=0']);
    kubectlOrThrow(['wait', 'pod', ...ofNamespace, '-l', 'app=auth-service', '--for=delete', '--timeout=2m']);
    const job = kubectlOrThrow(['create', '-f', join(out, 'jobs', 'restore.yaml'), '-o', 'name']).trim();
    expect(complete(job)).to.match(/restored auth-\S+: \d+ rows as of /);
    kubectlOrThrow([...scale, '--replicas=2']);
    kubectlOrThrow(['rollout', 'status', ...ofNamespace, 'deployment/auth-service', '--timeout=5m']);
    expect(logIn(`exec.${run}@example.com`).status).to.equal(200);
    expect(logIn(later).status, 'made after the backup').to.equal(401);
  });
});
