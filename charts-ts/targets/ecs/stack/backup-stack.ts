import { type App, BootstraplessSynthesizer, type CfnElement, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import { type FargateTaskDefinition, Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { SecretKey } from '../../../workload/settings.ts';
import { backupKeySecret, ecsNames, exportNames } from '../ecs-names.ts';
import { secretNames } from '../platform.ts';
import { eventBridgeCron } from '../schedule.ts';
import type { EcsValues } from '../values.ts';
import { createBackupBucket } from './backup-bucket.ts';
import { createBackupTask } from './backup-task.ts';
import { logicalId } from './logical-id.ts';

/**
 * Backups by a schedule, in a stack of its own: the template of the service is almost as large as CloudFormation accepts, and the backups do not
 * end with it. A restore runs the same task with other arguments.
 */
export class BackupStack extends Stack {
  constructor(scope: App, values: EcsValues) {
    super(scope, ecsNames.backupStack, {
      description: 'Backups of auth-service, written by npm run synth -- --target ecs',
      synthesizer: new BootstraplessSynthesizer(),
    });
    const known = new Map<SecretKey, ISecret>();
    const secrets = {
      of: (key: SecretKey): ISecret => {
        const secret = known.get(key) ?? Secret.fromSecretNameV2(this, key, secretNames[key]);
        known.set(key, secret);
        return secret;
      },
    };
    const bucket = createBackupBucket(this, values.ecs.backup.keepDays);
    const task = createBackupTask(this, {
      values,
      secrets,
      log: LogGroup.fromLogGroupName(this, 'Log', ecsNames.logGroup),
      loadBalancerCidrs: [],
      bucket,
      key: TaskSecret.fromSecretsManager(Secret.fromSecretNameV2(this, 'Key', backupKeySecret)),
    });
    this.schedule(values, task);
    new CfnOutput(this, 'BackupBucket', { value: bucket.bucketName });
  }

  private schedule({ ecs }: EcsValues, task: FargateTaskDefinition): void {
    const cluster = this.formatArn({ service: 'ecs', resource: 'cluster', resourceName: ecsNames.cluster });
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    const ofTask = [task.taskRole.roleArn, task.obtainExecutionRole().roleArn];
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [task.taskDefinitionArn],
        conditions: { ArnEquals: { 'ecs:cluster': cluster } },
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['iam:PassRole'], resources: ofTask }));
    new CfnSchedule(this, 'Schedule', {
      name: ecsNames.backupFamily,
      description: 'Backs up the database',
      scheduleExpression: eventBridgeCron(ecs.backup.schedule) ?? '',
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: cluster,
        roleArn: role.roleArn,
        // Of starting the task. A task that fails is not repeated before the next run.
        retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 3 },
        ecsParameters: {
          taskDefinitionArn: task.taskDefinitionArn,
          launchType: 'FARGATE',
          platformVersion: '1.4.0',
          networkConfiguration: {
            awsvpcConfiguration: {
              assignPublicIp: 'DISABLED',
              subnets: Fn.split(',', Fn.importValue(exportNames.TaskSubnets)),
              securityGroups: [Fn.importValue(exportNames.TaskSecurityGroup)],
            },
          },
        },
      },
    });
  }

  protected override allocateLogicalId(element: CfnElement): string {
    return logicalId(element);
  }
}
