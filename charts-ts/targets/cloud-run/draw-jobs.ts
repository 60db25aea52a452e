import { names } from '../../names.ts';
import { backupArguments, imageReference, migrateArguments, purgeArguments } from '../../workload/process.ts';
import { commandSettings, type Settings } from '../../workload/settings.ts';
import { accountOf, labels, network } from './draw.ts';
import { environmentOf, platform } from './environment.ts';
import type { Job, Volume } from './resources.ts';
import type { CloudRunValues } from './values.ts';

interface JobOptions {
  readonly name: string;
  readonly account: string;
  readonly args: readonly string[];
  readonly settings: Partial<Settings>;
  readonly limits: { readonly cpu: string; readonly memory: string };
  readonly timeoutSeconds?: number;
  /** Default: the image of the service. */
  readonly image?: string;
  /** Beside the variables of the command. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly volume?: { readonly mountPath: string; readonly volume: Volume };
}

function drawJob(values: CloudRunValues, options: JobOptions): Job {
  const { account, args, image, limits, name, settings, texts = {}, timeoutSeconds = 900, volume } = options;
  const further = Object.entries(texts).map(([variable, value]) => ({ name: variable, value }));
  return {
    apiVersion: 'run.googleapis.com/v1',
    kind: 'Job',
    metadata: { name, labels: labels(values) },
    spec: {
      template: {
        metadata: { annotations: { 'run.googleapis.com/execution-environment': 'gen2', ...network(values) } },
        spec: {
          parallelism: 1,
          taskCount: 1,
          template: {
            spec: {
              maxRetries: 1,
              timeoutSeconds: `${timeoutSeconds}`,
              serviceAccountName: accountOf(values, account),
              containers: [
                {
                  image: image ?? imageReference(values.image),
                  args: [...args],
                  env: [...environmentOf(values, settings), ...further],
                  resources: { limits },
                  ...(volume && {
                    volumeMounts: [{ name: volume.volume.name, mountPath: volume.mountPath }],
                  }),
                },
              ],
              ...(volume && { volumes: [volume.volume] }),
            },
          },
        },
      },
    },
  };
}

export function drawMigrateJob(values: CloudRunValues): Job {
  return drawJob(values, {
    name: names.migrate,
    account: values.cloudRun.migrationServiceAccount,
    args: migrateArguments,
    settings: commandSettings('migrate', values, platform(values)),
    limits: values.migrations.resources.limits,
  });
}

export function drawPurgeJob(values: CloudRunValues): Job {
  return drawJob(values, {
    name: names.purge,
    account: values.cloudRun.serviceAccount,
    args: purgeArguments(values.purge),
    settings: commandSettings('purge', values, platform(values)),
    limits: values.purge.resources.limits,
  });
}

/** The key that authenticates the backups, as a file. */
const backupKeys = '/etc/auth/backup';

/** The remote `store` of rclone, which takes its credentials from the service account of the job. */
const storage = {
  RCLONE_CONFIG_STORE_TYPE: 'google cloud storage',
  RCLONE_CONFIG_STORE_ENV_AUTH: 'true',
  RCLONE_CONFIG_STORE_BUCKET_POLICY_ONLY: 'true',
};

/** Backs up the database to a bucket. Other arguments restore a backup. */
export function drawBackupJob(values: CloudRunValues, bucket: string): Job {
  const { backup } = values.cloudRun;
  const { repository, tag } = values.image;
  const items = [{ key: String(backup.keyVersion), path: 'backup-key' }];
  return drawJob(values, {
    name: names.backup,
    account: backup.serviceAccount,
    image: imageReference({ repository: `${repository}-backup`, tag }),
    args: backupArguments(`rclone:store:${bucket}`, backup, { keyFile: `${backupKeys}/backup-key` }),
    settings: commandSettings('backup', values, platform(values)),
    texts: storage,
    limits: { cpu: '1', memory: '1Gi' },
    timeoutSeconds: 7_200,
    volume: {
      mountPath: backupKeys,
      volume: { name: 'backup-key', secret: { secretName: 'backup-key', items } },
    },
  });
}
