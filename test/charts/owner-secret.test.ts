import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { readSecrets } from '../../charts-ts/output/secret-file.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const containers = (pod: Loose): Loose[] => [...(pod.initContainers ?? []), ...pod.containers];

/** The pods of the Deployment, the purge and, if there is one, the Job of the migration. */
function podsOf(documents: ReturnType<typeof documentsOf>): Loose[] {
  const jobs = documents.filter(({ object }) => object.kind === 'Job');
  return [
    only(documents, 'Deployment').spec.template.spec,
    only(documents, 'CronJob').spec.jobTemplate.spec.template.spec,
    ...jobs.map(({ object }: Loose) => object.spec.template.spec),
  ];
}

describe('charts: the Secret of the owner of the tables', () => {
  const isOwner = ({ name }: Loose): boolean => name === 'owner-secrets';

  for (const [mode, delivery] of ['initContainer', 'job'].flatMap((one) => [
    [one, 'files'] as const,
    [one, 'env'] as const,
  ]))
    it(`is for the migration only (${mode}, ${delivery})`, () => {
      const pods = podsOf(documentsOf('eks', `migrations.mode=${mode},secrets.delivery=${delivery}`));
      const all = pods.flatMap(containers);
      const migrations = all.filter(({ name }) => name === 'migrate');
      expect([all.length, migrations.length]).to.eql([4, 1]);
      for (const { env, name, volumeMounts = [] } of all) {
        const given = env.filter((one: Loose) => one.name.startsWith('DB_MIGRATION_URL'));
        expect(given).to.have.length(name === 'migrate' ? 1 : 0);
        expect(volumeMounts.some(isOwner)).to.equal(name === 'migrate' && delivery === 'files');
      }
      const mounting = pods.filter(({ volumes }) => volumes.some(isOwner));
      expect(mounting).to.have.length(delivery === 'files' ? 1 : 0);
      expect(mounting.every((pod) => containers(pod).some(({ name }) => name === 'migrate'))).to.equal(true);
    });

  it('is copied by the operator as an object of its own', () => {
    const arn = 'eks.secretsRoleArn=arn:aws:iam::123456789012:role/auth';
    const documents = documentsOf('eks', `secrets.source=external,${arn}`);
    const keys = (name: string) =>
      only(documents, 'ExternalSecret', name).spec.data.map(({ secretKey }: Loose) => secretKey);
    expect(keys('auth-owner-secrets')).to.eql(['db-owner-url']);
    expect(keys('auth-secrets')).to.include('db-url').and.not.to.include('db-owner-url');
  });

  it('may be missing, so that there is one role for everything, with a warning from synth', () => {
    expect(warningsOf(valuesOf('eks'))).to.eql([]);
    expect(warningsOf(valuesOf('gke', 'secrets.ownerName=null'))).to.eql([
      'warning: gke: secrets.ownerName is null: the service logs in to Postgres as the owner of the tables and could change its own audit log (docs/operations.md, "Database roles")',
    ]);
    const documents = documentsOf('eks', 'secrets.ownerName=null');
    expect(JSON.stringify(documents)).not.to.match(/owner-secrets|DB_MIGRATION/);
  });

  it('names another role or another server than the Secret of the service', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    const env = join(folder, '.env.production');
    const url = 'postgresql://auth:f8Hq2LzvPw91Tn@db.internal:5432/auth';
    const lines = [
      `DB_PRIMARY_DB_URL=${url}`,
      `DB_MIGRATION_URL=${url}`,
      'REDIS_URL=rediss://:0aF7kq2LzvPw91Tn@redis.internal:6379',
      'JWT_SECRET_KEY=q8Zk3vN1xT7mB5sD9fH2jL4pR6wY0cA3eG5iK7oU',
    ];
    writeFileSync(env, lines.join('\n'));
    const values = valuesOf('eks', 'jwt.algorithm=HS256,secrets.source=inline');
    expect(() => readSecrets(env, values)).to.throw(
      'DB_MIGRATION_URL: must have another user or host than DB_PRIMARY_DB_URL: the owner of the tables, or the address of Postgres behind a pooler',
    );
    writeFileSync(env, lines.join('\n').replace('db.internal', 'pgbouncer.internal'));
    expect(readSecrets(env, values)).to.have.property('path');
    rmSync(folder, { recursive: true });
  });
});
