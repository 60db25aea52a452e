import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseCommandLine } from '../../charts-ts/command-line.ts';
import { refuseExamples } from '../../charts-ts/refuse-examples.ts';
import { runSynth, synthForCluster } from '../../charts-ts/run-synth.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import { ownValues } from './support/own-values.ts';

const hint = '--example: writes the files all the same, for a look at them';
const line = (path: string, file: string) =>
  `${path}: is the example of charts-ts/values/${file}.yaml: set your own`;

/** The lines of the refusal, without the hint that ends each. */
function refusal(...args: string[]): string[] {
  try {
    refuseExamples(parseCommandLine(args));
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error).split('\n');
    expect(lines.pop()).to.equal(hint);
    return lines;
  }
  return [];
}

/** The examples that reach an object of the default values. */
const used = {
  eks: [
    ...['image.repository', 'ingress.host', 'database.peers[0].cidr', 'redis.peers[0].cidr'],
    ...['eks.certificateArn', 'eks.loadBalancerCidrs[0]', 'eks.loadBalancerCidrs[1]'],
  ],
  gke: ['image.repository', 'ingress.host', 'database.peers[0].cidr', 'redis.peers[0].cidr', 'gke.address'],
  aks: [
    ...['image.repository', 'ingress.host', 'database.peers[0].cidr', 'redis.peers[0].cidr'],
    ...['aks.certificateUri', 'aks.certificateClientId'],
  ],
};
const runbooks = line('monitoring.rules.runbooks', 'values');

describe('charts: examples among the values', () => {
  let folder = '';
  const file = (text: string): string => {
    const path = join(folder, 'mine.yaml');
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const cloud of ['eks', 'gke', 'aks'] as const) {
    it(`are refused for a cluster on ${cloud}, all at once`, () => {
      const lines = [...used[cloud].map((path) => line(path, cloud)), runbooks];
      expect(refusal('--cloud', cloud, '--out', 'deploy')).to.have.members(lines);
      expect(refusal('--cloud', cloud, '--set', 'image.tag=1.2.3')).to.have.members(lines);
      expect(refusal('--cloud', cloud, '--format', 'helm')).to.have.members(lines);
    });

    it(`are accepted on ${cloud} once the operator has said each, also where the text is the same`, () => {
      expect(refusal('--cloud', cloud, '-f', file(ownValues[cloud]))).to.deep.equal([]);
    });
  }

  it('are refused one by one', () => {
    const path = file(ownValues.eks.replace(/^ {2}loadBalancerCidrs.*$/m, ''));
    const networks = ['eks.loadBalancerCidrs[0]', 'eks.loadBalancerCidrs[1]'];
    expect(refusal('--cloud', 'eks', '-f', path)).to.deep.equal(networks.map((one) => line(one, 'eks')));
  });

  it('do not matter where nothing uses them', () => {
    // Alerts and dashboards link to the runbooks.
    const monitoring = 'monitoring.rules.enabled=false,monitoring.dashboards.enabled=false';
    const sets = `ingress.kind=none,networkPolicy.enabled=false,${monitoring}`;
    expect(refusal('--cloud', 'eks', '--set', sets)).to.have.members([
      line('image.repository', 'eks'),
      line('ingress.host', 'eks'),
    ]);
    const path = file(ownValues.gke.replace('project: corp-identity, ', ''));
    expect(refusal('--cloud', 'gke', '-f', path)).to.deep.equal([]);
    const external = 'secrets.source=external,gke.secretsServiceAccount=a@b.iam.gserviceaccount.com';
    const lines = refusal('--cloud', 'gke', '-f', path, '--set', external);
    expect(lines).to.deep.equal([line('gke.project', 'gke')]);
  });

  for (const [path, text] of [
    ['eks.certificateArn', 'arn:aws:acm:eu-central-1:123456789012:certificate/abc'],
    ['eks.certificateArn', 'arn:aws:acm:eu-central-1:482915730162:certificate/xxx'],
    ['ingress.host', 'auth.yourdomain.com'],
    ['image.repository', '123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth-service'],
    ['monitoring.rules.runbooks', 'https://github.com/your-org/auth/blob/main/docs/runbooks'],
  ] as const)
    it(`are refused as a copy of what documentation makes up: ${path}=${text}`, () => {
      const args = ['-f', file(ownValues.eks), '--set', `${path}=${text}`];
      expect(refusal('--cloud', 'eks', ...args)).to.deep.equal([
        line(path, path.startsWith('monitoring') ? 'values' : 'eks'),
      ]);
    });

  for (const text of ['youragency.de', 'your-projects.corp.io', 'auth.example.com', 'xxx-large.corp.io'])
    it(`are no real names that look like one: ${text}`, () => {
      const args = ['-f', file(ownValues.eks), '--set', `ingress.host=${text}`];
      expect(refusal('--cloud', 'eks', ...args)).to.deep.equal([]);
    });

  it('of the other targets are refused too', () => {
    expect(refusal('--target', 'ecs', '--out', 'deploy')).to.have.members(
      ['image.repository', 'ecs.region', 'ecs.host', 'ecs.certificateArn'].map((path) => line(path, 'ecs')),
    );
    for (const name of ['ecs', 'cloud-run', 'azure-container-instances', 'single-server'] as const)
      expect(refusal('--target', name, '-f', file(ownValues[name])), name).to.deep.equal([]);
  });

  it('may be drawn for a look at the files, which then say so, as the committed ones do', async () => {
    expect(refusal()).to.deep.equal([]);
    expect(refusal('--cloud', 'eks')).to.deep.equal([]);
    const out = join(folder, 'out');
    expect(refusal('--cloud', 'eks', '--example', '--out', out)).to.deep.equal([]);
    await runSynth(['--cloud', 'eks', '--example', '--out', out]);
    for (const name of readdirSync(out).filter((one) => one.endsWith('.yaml'))) {
      const text = readFileSync(join(out, name), 'utf8');
      expect(text, name).to.match(/^# An example, not for a cluster: .* charts-ts\/values\/eks\.yaml\.\n/);
      expect(readFileSync(join('k8s-out/eks', name), 'utf8')).to.equal(text);
    }
    await runSynth(['--cloud', 'eks', '-f', file(ownValues.eks), '--out', out]);
    expect(readFileSync(join(out, '31-deployment.yaml'), 'utf8')).to.match(/^apiVersion: apps\/v1\n/);
  });

  it('are refused by npm run synth itself, which then writes nothing', async () => {
    const out = join(folder, 'refused');
    const args = ['--cloud', 'gke', '--set', 'replicas=2', '--out', out];
    const error: unknown = await synthForCluster(args).catch((caught: unknown) => caught);
    const lines = [...used.gke.map((path) => line(path, 'gke')), runbooks, hint];
    expect(String(error instanceof Error && error.message).split('\n')).to.have.members(lines);
    expect(readdirSync(folder)).not.to.include('refused');
    expect(await synthForCluster(['--cloud', 'gke', '-f', file(ownValues.gke), '--out', out])).to.deep.equal([
      out,
    ]);
  });

  it('are values of the schema, so that the mark is not lost in a comment', () => {
    expect(loadValues('gke', { files: [], sets: [] }).gke?.address).to.equal('203.0.113.10');
  });
});
