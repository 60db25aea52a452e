import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import { containersOf, serviceContainers } from '../../../charts-ts/targets/ecs/checks/containers.ts';
import { ruleFindings } from '../../../charts-ts/targets/ecs/checks/rules.ts';
import { parseTemplate, type Template, templateIn } from '../../../charts-ts/targets/ecs/checks/template.ts';
import { faultsOf } from '../../../charts-ts/targets/ecs/faults.ts';
import { eventBridgeCron } from '../../../charts-ts/targets/ecs/schedule.ts';
import { type EcsValues, ecsSchema } from '../../../charts-ts/targets/ecs/values.ts';
import { loadTargetValues } from '../../../charts-ts/values/load-values.ts';
import { containerFaults } from '../../../charts-ts/workload/service-container.ts';
import { replaced } from './support/drawn.ts';
import { containers } from './support/ecs-broken-containers.ts';
import { network, stores } from './support/ecs-broken-infrastructure.ts';
import { tasks } from './support/ecs-broken-tasks.ts';

const name = 'auth-service.template.json';
// The committed file, so that the suite does not load CDK. `npm run check` compares it with the values.
const files: FolderContent = new Map([[name, readFileSync(`deploy-out/ecs/${name}`, 'utf8')]]);

function valuesWith(...sets: string[]): EcsValues {
  return loadTargetValues('ecs', ecsSchema, {
    files: [],
    sets: sets.map((text) => ({ kind: 'set' as const, text })),
  });
}

describe('charts: ECS', () => {
  let template: Template;
  before(() => {
    template = templateIn(files);
  });

  const only = (type: string) => {
    const [resource, ...others] = template.ofType(type);
    if (!resource || others.length > 0) throw new Error(`there is not exactly one ${type}`);
    return resource.properties;
  };
  const container = (title: string) => {
    const found = containersOf(template).find((one) => one.name === title);
    if (!found) throw new Error(`there is no container ${title}`);
    return found;
  };

  it('has no fault, and environments that the service accepts', () => {
    expect([...ruleFindings(template)]).to.deep.equal([]);
    const containers = serviceContainers(template);
    expect(containers.map(({ command }) => command)).to.deep.equal([
      'migrate',
      'serve',
      'keep-port',
      'purge',
    ]);
    expect(containers.flatMap(containerFaults)).to.deep.equal([]);
  });

  it('restarts the container of the service beside its port keeper, because a task that ends is replaced only after a minute', () => {
    for (const [name, command] of [
      ['auth-service', 'serve'],
      ['port-keeper', 'keep-port'],
    ] as const) {
      const { definition, secrets } = container(name);
      expect(definition.Command).to.deep.equal([command]);
      expect(definition.RestartPolicy).to.deep.equal({ Enabled: true, RestartAttemptPeriod: 60 });
      if (command === 'keep-port') expect([definition.Essential, secrets]).to.deep.equal([false, {}]);
    }
    expect(container('port-keeper').env).to.have.all.keys('KEEPER_PORT', 'LOG_FORMAT');
  });

  it('has the sizes and names of the guide', () => {
    expect(only('AWS::RDS::DBInstance')).to.deep.include({
      DBInstanceIdentifier: 'auth-system-db',
      DBInstanceClass: 'db.t3.micro',
      AllocatedStorage: '20',
      BackupRetentionPeriod: 7,
      StorageEncrypted: true,
      DBName: 'authdb',
    });
    expect(only('AWS::ElastiCache::ReplicationGroup')).to.deep.include({
      ReplicationGroupId: 'auth-system-redis',
      CacheNodeType: 'cache.t3.micro',
      NumCacheClusters: 2,
    });
    expect(container('auth-service').task.properties).to.deep.include({
      Family: 'auth-service-task',
      Cpu: '512',
      Memory: '1024',
    });
    expect(only('AWS::ApplicationAutoScaling::ScalableTarget')).to.include({
      MinCapacity: 2,
      MaxCapacity: 10,
    });
    expect(
      only('AWS::ApplicationAutoScaling::ScalingPolicy').TargetTrackingScalingPolicyConfiguration,
    ).to.deep.include({ TargetValue: 70, ScaleInCooldown: 300, ScaleOutCooldown: 60 });
  });

  it('gives each container the secrets that its command reads', () => {
    const secretsOf = (title: string) => Object.keys(container(title).secrets);
    expect(secretsOf('service-role')).to.deep.equal(['DB_PRIMARY_DB_URL', 'DB_MIGRATION_URL']);
    expect(secretsOf('migrate')).to.deep.equal(['DB_PRIMARY_DB_URL', 'DB_MIGRATION_URL']);
    expect(secretsOf('auth-service')).to.deep.equal([
      'DB_PRIMARY_DB_URL',
      'REDIS_URL',
      'JWT_PRIVATE_KEY',
      'JWT_PUBLIC_KEY',
    ]);
    expect(secretsOf('purge')).to.deep.equal(['DB_PRIMARY_DB_URL']);
  });

  it('contains no password, and trusts the CA of RDS in its region', () => {
    const [text = ''] = files.values();
    expect(text).not.to.match(/:\/\/[^:/"]*:(?!\{\{resolve:)[^@"]+@/);
    expect(container('auth-service').env.DB_CA).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    expect(container('purge').env.DB_CA).to.equal(container('auth-service').env.DB_CA);
  });

  for (const [subject, templates] of Object.entries({ containers, tasks, network, stores })) {
    describe(`the rules about ${subject}`, () => {
      for (const { all, from, lines, title, to } of templates) {
        it(`refuse ${title}`, () => {
          const changed = templateIn(replaced(files, name, from, to, all));
          expect([...ruleFindings(changed)]).to.deep.equal(lines);
        });
      }
    });
  }

  it('refuses a template that needs a bucket', () => {
    const text = `${files.get(name)}${' '.repeat(10_000)}`;
    const bytes = Buffer.byteLength(text);
    expect([...ruleFindings(parseTemplate(name, text))]).to.deep.equal([
      `${name}: template: has ${bytes} bytes, and CloudFormation accepts 51200 without a bucket [template-size]`,
    ]);
  });

  for (const [set, line] of [
    ['resources.limits.memory=768Mi', /^resources\.limits: Fargate gives a task with 512 CPU units 1024, /],
    ['purge.resources.limits.cpu=100m', /^purge\.resources\.limits: Fargate has no task with 102 CPU units/],
    [
      'rollout.shutdownTimeout=2m',
      /^rollout\.drainDelay: .* it is 160 s, and Fargate kills a task after 120 s$/,
    ],
    ['ecs.deregistrationDelaySeconds=35', /^rollout\.drainDelay: must be above 35s/],
    ['rollout.keepAliveTimeout=60s', /^rollout\.keepAliveTimeout: must be above 60s/],
    ['autoscaling.minReplicas=11', /^autoscaling\.minReplicas: must not be above .* 10$/],
    ['autoscaling.maxReplicas=20', /^database\.maxConnections: must be at least 200: 40 tasks/],
    ['database.requiredForReadiness=true', /^database\.requiredForReadiness: must be false, because ECS/],
    ['ecs.database.storageGib=200', /^ecs\.database\.maxStorageGib: must not be below .* 200$/],
    ['ecs.region=xx-nowhere-1', /^database\.ca: is required, because the CA of Amazon RDS in xx-nowhere-1/],
    ['redis.tls=false', /^redis\.tls: must be true/],
    ['redis.sentinelPassword=true', /^redis: ElastiCache has neither client certificates nor sentinels/],
    ['ecs.region=eu-central-1', /^ecs\.certificateArn: must be a certificate in eu-central-1/],
    ['purge.schedule=17 3 1 * 1', /^purge\.schedule: EventBridge accepts either/],
    ['jwt.previousSecret=true', /^jwt\.previousSecret: must be false, because jwt\.algorithm is RS256/],
  ] as const) {
    it(`refuses ${set}`, () => {
      const faults = [...faultsOf(valuesWith(set))];
      expect(
        faults.some((fault) => line.test(fault)),
        faults.join('\n'),
      ).to.equal(true);
    });
  }

  it('counts the days of the week as EventBridge does', () => {
    expect(eventBridgeCron('17 3 * * *')).to.equal('cron(17 3 * * ? *)');
    expect(eventBridgeCron('0 4 1,15 * *')).to.equal('cron(0 4 1,15 * ? *)');
    expect(eventBridgeCron('30 2 * * 0')).to.equal('cron(30 2 ? * SUN *)');
    expect(eventBridgeCron('30 2 * 6-8 1-5')).to.equal('cron(30 2 ? 6-8 MON-FRI *)');
    expect(eventBridgeCron('30 2 * * */2')).to.equal(undefined);
  });
});
