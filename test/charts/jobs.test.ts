import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const administrator = 'administrator.email=jane@example.com,administrator.username=jane.doe';

describe('charts: jobs that an operator runs by hand', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are in a folder of their own, which kubectl apply -f and Argo CD do not read', async () => {
    const out = join(folder, 'out');
    await runSynth(['--cloud', 'eks', '--set', administrator, '--out', out]);
    expect(readdirSync(join(out, 'jobs'))).to.eql(['administrator.yaml']);
    const applied = readdirSync(out).filter((name) => name.endsWith('.yaml'));
    for (const name of applied)
      expect(readFileSync(join(out, name), 'utf8'), name).not.to.contain('kind: Job\n');
  });

  it('have no name, without which kubectl apply refuses them', () => {
    const job = only(documentsOf('eks', administrator), 'Job');
    expect(job.metadata).to.include({
      generateName: 'auth-service-administrator-',
      namespace: 'auth-system',
    });
    expect(job.metadata).not.to.have.property('name');
  });

  it('do not exist without values', () => {
    expect(documentsOf('eks').filter(({ file }) => file.includes('jobs/'))).to.eql([]);
  });

  it('demand email and username of the administrator together', () => {
    expect(() => valuesOf('eks', 'administrator.email=jane@example.com')).to.throw(
      'administrator.username: must be set, because administrator.email is set',
    );
    expect(() => valuesOf('eks', 'administrator.username=jane.doe')).to.throw('administrator.email: must be');
    expect(() => valuesOf('eks', 'administrator.email=jane,administrator.username=jane.doe')).to.throw(
      'administrator.email: must be an email address',
    );
  });

  it('give the password to the command from a file, and no secret but those of the stores', () => {
    const { spec } = only(documentsOf('eks', administrator), 'Job').spec.template;
    const [container] = spec.containers;
    expect(container.args).to.eql([
      ...['admin', 'create', '--if-missing'],
      ...['--email', 'jane@example.com', '--username', 'jane.doe'],
      ...['--password-file', '/etc/auth/administrator/password'],
    ]);
    const keys = spec.volumes.flatMap(({ secret }: Loose) =>
      (secret?.items ?? []).map(({ key }: Loose) => `${secret.secretName}/${key}`),
    );
    expect(keys).to.have.members([
      'auth-secrets/db-url',
      'auth-secrets/redis-url',
      'auth-administrator/password',
    ]);
  });

  it('are written as they are, without a placeholder of Helm', async () => {
    const out = join(folder, 'chart');
    await runSynth(['--cloud', 'gke', '--format', 'helm', '--set', administrator, '--out', out]);
    expect(readdirSync(join(out, 'templates')).join()).not.to.contain('administrator');
    expect(parse(readFileSync(join(out, 'jobs/administrator.yaml'), 'utf8')).kind).to.equal('Job');
  });
});
