import { Stack } from 'aws-cdk-lib';
import type { FargateTaskDefinition, Secret } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { backupArguments } from '../../../workload/process.ts';
import { containerNames, ecsNames } from '../ecs-names.ts';
import { backupKeyFile, environmentsOf, memoryFolder } from '../platform.ts';
import { containerOf, createTask, type TaskProps } from './containers.ts';

interface BackupTaskProps extends TaskProps {
  readonly bucket: IBucket;
  /** Authenticates and encrypts the backups. */
  readonly key: Secret;
}

/** Fargate mounts no secret as a file. In memory, because the root of the container is read-only. */
const withKeyFile = `umask 077; printf %s "$BACKUP_KEY" >${backupKeyFile}; unset BACKUP_KEY; exec auth-service "$@"`;

function allowBucket(task: FargateTaskDefinition, { bucketArn }: IBucket): void {
  task.addToTaskRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }));
  const actions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];
  task.addToTaskRolePolicy(new PolicyStatement({ actions, resources: [`${bucketArn}/*`] }));
}

/** The remote `store` of rclone, which takes its credentials from the role of the task. */
const rcloneSettings = (scope: Construct): Record<string, string> => ({
  RCLONE_CONFIG_STORE_TYPE: 's3',
  RCLONE_CONFIG_STORE_PROVIDER: 'AWS',
  RCLONE_CONFIG_STORE_ENV_AUTH: 'true',
  RCLONE_CONFIG_STORE_REGION: Stack.of(scope).region,
  // It exists, and the role may not create it.
  RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: 'true',
});

/** The task that makes a backup, or restores one with other arguments. */
export function createBackupTask(scope: Construct, props: BackupTaskProps): FargateTaskDefinition {
  const { bucket, key } = props;
  const image = { ...props.values.image, repository: `${props.values.image.repository}-backup` };
  // The digest is that of the image of the service.
  const values = { ...props.values, image: { ...image, digest: undefined } };
  const task = createTask(scope, ecsNames.backupFamily, { cpu: '500m', memory: '1Gi' }, values);
  allowBucket(task, bucket);
  const { backup } = environmentsOf(values, props.loadBalancerCidrs);
  const texts = { ...backup.texts, ...rcloneSettings(scope), TMPDIR: memoryFolder };
  const options = containerOf(task, { ...props, values }, containerNames.backup, { ...backup, texts });
  task.addContainer('Backup', {
    ...options,
    secrets: { ...options.secrets, BACKUP_KEY: key },
    // The words after the script are $0 and the arguments of the command.
    entryPoint: ['sh', '-c', withKeyFile, 'auth-service'],
    command: backupArguments(
      `rclone:store:${bucket.bucketName}`,
      { ...values.ecs.backup, ageRecipients: [] },
      { keyFile: backupKeyFile },
    ),
  });
  return task;
}
