import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { containersOf, serviceContainers } from '../../../charts-ts/targets/ecs/checks/containers.ts';
import { ruleFindings } from '../../../charts-ts/targets/ecs/checks/rules.ts';
import { listOf, parseTemplate } from '../../../charts-ts/targets/ecs/checks/template.ts';
import { faultsOf } from '../../../charts-ts/targets/ecs/faults.ts';
import { ecsSchema } from '../../../charts-ts/targets/ecs/values.ts';
import { loadTargetValues } from '../../../charts-ts/values/load-values.ts';
import { containerFaults } from '../../../charts-ts/workload/service-container.ts';
import type { Loose } from '../support/synthesized.ts';

const file = 'auth-service-backup.template.json';
// The committed file, as in the other tests of ECS.
const text = readFileSync(`deploy-out/ecs/${file}`, 'utf8');
const template = parseTemplate(file, text);

const propertiesOf = (type: string): Loose[] => template.ofType(type).map(({ properties }) => properties);
const only = (type: string): Loose => {
  const [properties, ...others] = propertiesOf(type);
  if (!properties || others.length > 0) throw new Error(`there is not exactly one ${type}`);
  return properties;
};

describe('charts: the backups of ECS', () => {
  it('have no fault, and an environment that the service accepts', () => {
    expect([...ruleFindings(template)]).to.deep.equal([]);
    const containers = serviceContainers(template);
    expect(containers.map(({ command }) => command)).to.deep.equal(['backup']);
    expect(containers.flatMap(containerFaults)).to.deep.equal([]);
  });

  it('are in a bucket that is encrypted, versioned, not public, and remains without its stack', () => {
    const bucket = only('AWS::S3::Bucket');
    expect(bucket.VersioningConfiguration).to.deep.equal({ Status: 'Enabled' });
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).to.deep.equal([true, true, true, true]);
    const [rule] = bucket.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).to.equal('AES256');
    expect(bucket.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays).to.equal(30);
    expect(JSON.parse(text).Resources.Bucket.DeletionPolicy).to.equal('Retain');
    const [statement] = only('AWS::S3::BucketPolicy').PolicyDocument.Statement;
    expect([statement.Effect, statement.Condition]).to.deep.equal([
      'Deny',
      { Bool: { 'aws:SecureTransport': 'false' } },
    ]);
  });

  it('are made by a role that cannot delete earlier versions, nor reach another bucket', () => {
    const statements = propertiesOf('AWS::IAM::Policy')
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => JSON.stringify(Action).includes('s3:'));
    expect(statements.flatMap(({ Action }) => Action)).to.have.members([
      ...['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    ]);
    for (const { Resource } of statements)
      expect(JSON.stringify(Resource)).to.contain('{"Fn::GetAtt":["Bucket","Arn"]}').and.not.contain('arn:');
  });

  it('run in the subnets and the security group that the stack of the service exports', () => {
    const { Outputs } = JSON.parse(readFileSync('deploy-out/ecs/auth-service.template.json', 'utf8'));
    const exported = Object.values(Outputs).flatMap(({ Export }: Loose) => (Export ? [Export.Name] : []));
    const imported = [...text.matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name);
    expect(imported).to.have.members(exported);
    const { ScheduleExpression, ScheduleExpressionTimezone } = only('AWS::Scheduler::Schedule');
    expect([ScheduleExpression, ScheduleExpressionTimezone]).to.deep.equal(['cron(41 2 * * ? *)', 'UTC']);
  });

  it('give the command its key in a file of memory, and not in its environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-backup-'));
    try {
      const [container] = containersOf(template);
      const [program = '', ...words] = listOf(container?.definition.EntryPoint).map((word) =>
        String(word).replaceAll('/dev/shm', folder),
      );
      const service = '#!/bin/sh\nprintf "%s\\n" "$@" "key=$BACKUP_KEY"\n';
      writeFileSync(join(folder, 'auth-service'), service, { mode: 0o755 });
      const env = { PATH: `${folder}:${process.env.PATH}`, BACKUP_KEY: 'a b%s\\n' };
      const output = execFileSync(program, [...words, 'backup', 'a b'], { encoding: 'utf8', env });
      expect(output).to.equal('backup\na b\nkey=\n');
      expect(readFileSync(join(folder, 'backup-key'), 'utf8')).to.equal('a b%s\\n');
      expect(statSync(join(folder, 'backup-key')).mode & 0o777).to.equal(0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuse a schedule that EventBridge does not know', () => {
    const sets = [{ kind: 'set' as const, text: 'ecs.backup.schedule=0 3 1 * 1' }];
    const values = loadTargetValues('ecs', ecsSchema, { files: [], sets });
    expect([...faultsOf(values)].join()).to.match(/^ecs\.backup\.schedule: EventBridge accepts/);
  });
});
