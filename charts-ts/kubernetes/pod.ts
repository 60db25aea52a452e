import type { IContainer, IEnvVar, IPodSpec, IVolume } from 'kubernetes-models/v1';
import type { CommandName } from '../../app/config/config.ts';
import { accountsOf, namesOf } from '../names.ts';
import { millicpu } from '../values/formats.ts';
import type { Values } from '../values/schema.ts';
import type { Resources } from '../values/schema-resources.ts';
import { imageReference } from '../workload/process.ts';
import { secretsOf } from '../workload/settings.ts';
import { configuration, databaseCa, redisCa } from './content-names.ts';
import { pullPolicy } from './image.ts';
import { addedToContainer, addedToPod, placementOf } from './pod-additions.ts';
import { secretVolume } from './secret-volume.ts';
import { containerSecurity, podSecurity } from './security-context.ts';
import { configKey, isPath, paths, secretOf, settings } from './settings.ts';

// 0440, because root owns the mounted files and the process reads them as a member of fsGroup.
const defaultMode = 0o440;

/** The `env` list of a container, sorted by name. */
export function environment(values: Values, command: CommandName): IEnvVar[] {
  const asFiles = values.secrets.delivery === 'files';
  const { name: configMap } = configuration(values);
  return Object.entries(settings(values, command))
    .map(([name, source]): IEnvVar => {
      if ('text' in source) {
        const configMapKeyRef = { name: configMap, key: configKey(name) };
        return isPath(source) ? { name, value: source.text } : { name, valueFrom: { configMapKeyRef } };
      }
      if ('keyFile' in source) return { name, value: secretOf(values, source.keyFile).file };
      const secret = secretOf(values, source.secret);
      if (asFiles || secret.isForeign) return { name: `${name}_FILE`, value: secret.file };
      return { name, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Without a CPU limit the service would hash one password for each CPU of its node and start a thread for each, which need
 * more memory than the container has. The CPUs of the request are its own.
 */
function hashConcurrency(values: Values, command: CommandName, { limits, requests }: Resources): IEnvVar[] {
  if (limits.cpu !== undefined || 'HASH_CONCURRENCY' in settings(values, command)) return [];
  const cpus = Math.max(1, Math.ceil(millicpu(requests.cpu) / 1_000));
  return [{ name: 'HASH_CONCURRENCY', value: String(cpus) }];
}

/** The volume with the secrets of a command that belong into a folder, if there are any. */
function mountedSecrets(values: Values, command: CommandName, folder: string, name: string) {
  const asFiles = values.secrets.delivery === 'files';
  const keys = secretsOf(settings(values, command), asFiles).filter((key) => {
    const secret = secretOf(values, key);
    return secret.folder === folder && !secret.isForeign;
  });
  return keys.length > 0 ? { [folder]: secretVolume(values, keys, { defaultMode, name }) } : {};
}

/** The volume with ca.pem, from the ConfigMap of the charts or from a Secret of others. */
function caVolume(name: string, configMap: string, caSecret: Values['database']['caSecret']): IVolume {
  if (!caSecret) return { name, configMap: { name: configMap, defaultMode } };
  const items = [{ key: caSecret.key, path: 'ca.pem' }];
  return { name, secret: { secretName: caSecret.name, defaultMode, items } };
}

/** The volumes of a command by the folders at which its container mounts them. */
function volumes(values: Values, command: CommandName): Record<string, IVolume> {
  const { DB_CA_FILE, JWT_PUBLIC_KEYS_DIR, REDIS_CA_FILE } = settings(values, command);
  const publicKeys = { name: 'public-keys', configMap: { name: namesOf(values).publicKeys, defaultMode } };
  const ofDatabase = caVolume('database-ca', databaseCa(values).name, values.database.caSecret);
  const ofRedis = caVolume('redis-ca', redisCa(values).name, values.redis.caSecret);
  return {
    '/tmp': { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    ...(JWT_PUBLIC_KEYS_DIR && { [paths.publicKeys]: publicKeys }),
    // In one pod, the migration has a volume of its own, with fewer secrets than the service.
    // Mounts the whole volume, because the kubelet does not update files that are mounted by subPath.
    ...mountedSecrets(
      values,
      command,
      paths.secrets,
      command === 'migrate' ? 'migration-secrets' : 'secrets',
    ),
    ...mountedSecrets(values, command, paths.ownerSecrets, 'owner-secrets'),
    ...(DB_CA_FILE && (values.database.ca || values.database.caSecret) && { [paths.databaseCa]: ofDatabase }),
    ...(REDIS_CA_FILE && (values.redis.ca || values.redis.caSecret) && { [paths.redisCa]: ofRedis }),
  };
}

/** Volumes by the folders at which a container mounts them. */
export type Mounts = Readonly<Record<string, IVolume>>;

/** Amounts under their names in Kubernetes. */
export const quantities = ({
  ephemeralStorage,
  ...amounts
}: Resources['limits']): Record<string, string> => ({
  ...amounts,
  ...(ephemeralStorage && { 'ephemeral-storage': ephemeralStorage }),
});

/** The command `backup` writes into the volume of the backups. That of a restore is read-only as a whole. */
const writable: readonly string[] = ['/tmp', paths.backup.claim];

type ContainerOptions = Partial<IContainer> & {
  readonly name: string;
  readonly resources: Resources;
  /** Beside the volumes of the command. */
  readonly mounts?: Mounts;
};

/** A hardened container that runs a command of the image. */
export function container(
  values: Values,
  command: CommandName,
  { mounts = {}, name, resources, ...rest }: ContainerOptions,
): IContainer {
  const { image = imageReference(values.image) } = rest;
  const added = addedToContainer(values, command);
  const ownMounts = Object.entries({ ...volumes(values, command), ...mounts }).map(
    ([mountPath, { name }]) => ({
      name,
      mountPath,
      ...(!writable.includes(mountPath) && { readOnly: true }),
    }),
  );
  return {
    name,
    image,
    imagePullPolicy: values.image.pullPolicy ?? pullPolicy(image),
    env: [...environment(values, command), ...hashConcurrency(values, command, resources), ...added.env],
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
    securityContext: containerSecurity(values),
    volumeMounts: [...ownMounts, ...added.volumeMounts],
    ...added.options,
    ...rest,
  };
}

type PodOptions = Partial<IPodSpec> & Pick<IPodSpec, 'containers'> & { readonly mounts?: Mounts };

/** The pod spec with the same hardening for the API and for every other command. */
export function podSpec(
  values: Values,
  commands: readonly CommandName[],
  { containers, initContainers = [], mounts = {}, ...rest }: PodOptions,
): IPodSpec {
  const { image, serviceAccount } = values;
  const { priorityClass } = values.scheduling;
  const added = addedToPod(values, commands);
  const allInitContainers = [...added.initContainers, ...initContainers];
  const ofCommands = commands.flatMap((command) => Object.values(volumes(values, command)));
  const all = [...ofCommands, ...Object.values(mounts), ...added.volumes];
  return {
    automountServiceAccountToken: serviceAccount.automount,
    containers: [...containers, ...added.sidecars],
    ...(allInitContainers.length > 0 && { initContainers: allInitContainers }),
    enableServiceLinks: false,
    ...(priorityClass.name && { priorityClassName: priorityClass.name }),
    securityContext: podSecurity(values),
    serviceAccountName: accountsOf(values).app,
    volumes: [...new Map(all.map((volume) => [volume.name, volume])).values()],
    ...(image.pullSecrets.length > 0 && { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) }),
    ...placementOf(values, commands),
    ...rest,
  };
}
