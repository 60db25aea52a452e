import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import type { Manifest } from '../../charts-ts/manifest.ts';
import { plainContent, toYaml } from '../../charts-ts/output/plain.ts';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { synthesize } from '../../charts-ts/synthesize.ts';
import type { CloudName } from '../../charts-ts/values/schema.ts';
import { findHelm } from './support/helm.ts';
import { valuesOf } from './support/synthesized.ts';

const helm = findHelm();

function sorted(text: string): Manifest[] {
  const key = ({ kind, metadata }: Manifest) => `${kind}/${metadata?.namespace}/${metadata?.name}`;
  return parseAllDocuments(text)
    .map((document): Manifest | null => document.toJS())
    .filter((object) => object !== null)
    .sort((one, other) => key(one).localeCompare(key(other)));
}

describe('charts: helm', function () {
  // Unpacks a binary of 60 MB once.
  this.timeout(60_000);
  let folder = '';
  before(function () {
    if (!helm) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'helm-'));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => execFileSync(helm ?? '', args, { encoding: 'utf8', stdio: 'pipe' });
  const plain = (cloud: CloudName, ...sets: string[]) =>
    synthesize(valuesOf(cloud, ...sets))
      .map(toYaml)
      .join('---\n');

  async function chart(cloud: CloudName, ...sets: string[]): Promise<string> {
    const out = join(folder, `${cloud}${sets.length}`);
    await runSynth([
      '--cloud',
      cloud,
      '--format',
      'helm',
      '--out',
      out,
      ...sets.flatMap((text) => ['--set', text]),
    ]);
    return out;
  }

  for (const cloud of ['eks', 'gke', 'aks'] as const) {
    it(`lints the ${cloud} chart and renders exactly the plain output`, async () => {
      const out = await chart(cloud);
      expect(run('lint', '--strict', out)).to.contain('0 chart(s) failed');
      const rendered = run('template', 'auth-service', out, '--kube-version', '1.28.0');
      expect(sorted(rendered)).to.eql(sorted(plain(cloud)));
    });
  }

  it('renders Job, ExternalSecret and Gateway objects as well', async () => {
    const sets = [
      'ingress.kind=gateway,migrations.mode=job,secrets.source=external',
      'eks.secretsRoleArn=arn:aws:iam::123456789012:role/auth',
    ];
    const out = await chart('eks', ...sets);
    const rendered = run('template', 'auth-service', out, '--kube-version', '1.35.0');
    expect(sorted(rendered)).to.eql(sorted(plain('eks', ...sets)));
  });

  it('keeps the Jobs that an operator runs by hand out of the installation', async () => {
    const out = await chart('eks', 'administrator.email=jane@example.com,administrator.username=jane.doe');
    const rendered = run('template', 'auth-service', out, '--kube-version', '1.28.0');
    expect(sorted(rendered)).to.eql(sorted(plain('eks')));
    const job = parse(readFileSync(join(out, 'jobs/administrator.yaml'), 'utf8'));
    expect([job.kind, job.metadata.generateName]).to.eql(['Job', 'auth-service-administrator-']);
  });

  it('leaves out a kind that the installer excludes, and refuses one that is not there', async () => {
    const out = await chart('gke');
    const rendered = run(
      'template',
      'auth-service',
      out,
      '--kube-version',
      '1.28.0',
      '--set',
      'include.ServiceMonitor=false',
    );
    expect(sorted(rendered).map(({ kind }) => kind)).not.to.contain('ServiceMonitor');
    expect(() =>
      run('template', 'a', out, '--kube-version', '1.28.0', '--set', 'include.Nonsense=false'),
    ).to.throw();
  });

  it('keeps the braces of alert templates for Prometheus', async () => {
    const out = await chart('eks');
    expect(readFileSync(join(out, 'templates/51-rules.yaml'), 'utf8')).to.contain('{{"{{"}} $labels.pod }}');
    expect(run('template', 'a', out, '--kube-version', '1.28.0')).to.contain('{{ $labels.pod }}');
  });

  it('would not be rendered by Helm without escaped braces, as cdk8s synth --format helm writes it', async () => {
    const out = await chart('eks');
    const content = plainContent(synthesize(valuesOf('eks')));
    for (const [name, text] of content) writeFileSync(join(out, 'templates', name), text);
    expect(() => run('template', 'a', out, '--kube-version', '1.28.0')).to.throw('parse error');
  });

  it('carries the version of the package and of the image', async () => {
    const out = await chart('eks', 'image.tag=2.3.4');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(parse(readFileSync(join(out, 'Chart.yaml'), 'utf8'))).to.include({ version, appVersion: '2.3.4' });
  });
});
