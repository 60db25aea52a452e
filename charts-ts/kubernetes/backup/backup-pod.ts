import type { IContainer, IEnvVar, IPodSpec, IVolume } from 'kubernetes-models/v1';
import { createCloud } from '../../clouds/create-cloud.ts';
import { accountsOf, standardLabels } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import type { FileSecretName } from '../../values/schema-secrets.ts';
import { type BackupKeys, imageReference } from '../../workload/process.ts';
import { container, type Mounts, podSpec } from '../pod.ts';
import { secretVolume } from '../secret-volume.ts';
import { paths } from '../settings.ts';

/** Where the pods of backups find their target and their keys. */
const folder = paths.backup;
export const backupKeys: BackupKeys = {
  keyFile: `${folder.keys}/backup-key`,
  ageIdentity: `${folder.restoreKeys}/age-identity`,
};

/** The target as `backup --to` and `restore --from` name it. */
export const targetOf = ({ backup }: Values): string =>
  backup.remote ? `rclone:${backup.remote}` : folder.claim;

/** The volume of the backups, the key file, and the keys of a restore, which only its pods see. */
function mountsOf(values: Values, isRestore: boolean): Mounts {
  const { backup } = values;
  const secret = (name: string, ...keys: readonly FileSecretName[]): IVolume =>
    secretVolume(values, keys, { defaultMode: 0o440, name });
  const rcloneFile = backup.hasRcloneFile ? (['rclone.conf'] as const) : [];
  const claim = backup.claim && {
    name: 'backups',
    persistentVolumeClaim: { claimName: backup.claim, ...(isRestore && { readOnly: true }) },
  };
  return {
    [folder.keys]: secret('backup-keys', 'backup-key', ...rcloneFile),
    ...(isRestore &&
      backup.ageRecipients.length > 0 && {
        [folder.restoreKeys]: secret('restore-keys', 'age-identity'),
      }),
    ...(claim && { [folder.claim]: claim }),
  };
}

/** Settings of rclone. Secrets among them belong into the file. */
function rcloneSettings({ backup }: Values): IEnvVar[] {
  if (!backup.remote) return [];
  const file = `${folder.keys}/rclone.conf`;
  const settings = { ...backup.rclone, ...(backup.hasRcloneFile && { RCLONE_CONFIG: file }) };
  return Object.entries(settings).map(([name, value]) => ({ name, value }));
}

function imageOf({ backup, image }: Values): string {
  const { digest, repository = `${image.repository}-backup`, tag = image.tag } = backup.image;
  return imageReference({ registry: image.registry, repository, tag, digest });
}

/** The labels of the pods, with which the webhooks of some clouds give them an identity. */
export function backupLabels(values: Values, component: string, name: string): Record<string, string> {
  const { identity, podLabels } = values.backup;
  return {
    ...standardLabels(values, component, name),
    ...(identity && createCloud(values).workloadIdentity(identity).podLabels),
    ...podLabels,
  };
}

/** A pod that runs a command of the image `backup`, with an identity of its own. */
export function backupPod(
  values: Values,
  command: 'backup' | 'restore',
  options: Pick<IContainer, 'name'> & { readonly args: string[] },
): IPodSpec {
  const mounts = mountsOf(values, command === 'restore');
  const { env = [], ...rest } = container(values, command, {
    ...options,
    mounts,
    image: imageOf(values),
    resources: values.backup.resources,
  });
  return podSpec(values, [command], {
    containers: [{ ...rest, env: [...env, ...rcloneSettings(values)] }],
    mounts,
    serviceAccountName: accountsOf(values).backup,
    automountServiceAccountToken: values.backup.serviceAccount.automount,
    restartPolicy: 'Never',
  });
}
