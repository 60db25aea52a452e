import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';
import { kubectl, kubectlOrThrow, needCluster } from './support/kubernetes.ts';

const run = randomBytes(4).toString('hex');

/** Every Job and CronJob, and only kinds that each cluster knows. */
const sets = [
  'ingress.kind=none,monitoring.serviceMonitor.enabled=false,monitoring.rules.enabled=false',
  `scheduling.priorityClass.name=auth-test-${run}`,
  'administrator.email=jane@example.com,administrator.username=jane.doe',
  'backup.enabled=true,backup.remote=store:bucket,backup.hasRcloneFile=true,backup.drill.enabled=true',
  'backup.ageRecipients={age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}',
  'backup.egress[0].port=443,backup.egress[0].peers[0].cidr=192.0.2.0/24',
];

for (const cloud of clouds)
  describe(`the manifests of ${cloud} on a real API server`, function () {
    this.timeout(120_000);
    const namespace = `auth-test-${cloud}-${run}`;
    let folder = '';
    let out = '';

    before(async function () {
      needCluster(this);
      folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
      out = join(folder, 'out');
      const all = [...sets, `namespace.name=${namespace}`].flatMap((text) => ['--set', text]);
      await runSynth(['--cloud', cloud, ...all, '--out', out]);
      kubectlOrThrow(['apply', '-f', join(out, '00-namespace.yaml')]);
    });
    after(() => {
      if (!folder) return;
      rmSync(folder, { recursive: true });
      kubectl(['delete', 'namespace', namespace, '--wait=false']);
      kubectl(['delete', 'priorityclass', `auth-test-${run}`, '--ignore-not-found', '--wait=false']);
    });

    it('are accepted without a warning of Pod Security', () => {
      const { status, stderr, stdout } = kubectl(['apply', '--validate=strict', '-f', out]);
      expect(stderr).to.equal('');
      expect(status).to.equal(0);
      for (const name of ['auth-service-purge', 'auth-service-backup', 'auth-service-restore-drill'])
        expect(stdout).to.match(new RegExp(`cronjob.batch/${name} created`));
    });

    it('run no Job by kubectl apply, also with --recursive', () => {
      const { status, stderr } = kubectl(['apply', '--recursive', '-f', out]);
      expect(status).to.equal(1);
      const jobs = readdirSync(join(out, 'jobs'));
      expect(jobs).to.have.members(['administrator.yaml', 'restore.yaml']);
      expect(stderr.match(/cannot use generate name with apply/g)).to.have.length(jobs.length);
      expect(kubectlOrThrow(['get', 'jobs', '-n', namespace, '-o', 'name'])).to.equal('');
    });

    it('make Jobs with names of their own by kubectl create', () => {
      for (const _ of [1, 2]) {
        const { status, stderr, stdout } = kubectl([
          ...['create', '--dry-run=server', '--validate=strict', '-f', join(out, 'jobs')],
        ]);
        expect(stderr).to.equal('');
        expect(status).to.equal(0);
        expect(stdout).to.match(/job.batch\/auth-service-administrator-\w{5} created \(server dry run\)/);
        expect(stdout).to.match(/job.batch\/auth-service-restore-\w{5} created \(server dry run\)/);
      }
    });

    it('make a Job of a CronJob, as the page says for the first backup', () => {
      const from = '--from=cronjob/auth-service-backup';
      const made = kubectlOrThrow([
        ...['create', 'job', 'first-backup', '-n', namespace, '--dry-run=server', from],
      ]);
      expect(made).to.equal('job.batch/first-backup created (server dry run)\n');
    });
  });
