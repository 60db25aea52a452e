import { createHash } from 'node:crypto';
import type { IContainer, IEnvVar, IPodSpec, IVolume } from 'kubernetes-models/v1';
import type { CommandName } from '../../app/config/config.ts';
import { namesOf, userId } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { imageReference } from '../workload/process.ts';
import { secretsOf } from '../workload/settings.ts';
import { secretVolume } from './secret-volume.ts';
import { configKey, isPath, paths, plainSettings, secretOf, settings } from './settings.ts';

const unprivileged = {
  runAsGroup: userId,
  runAsNonRoot: true,
  runAsUser: userId,
  seccompProfile: { type: 'RuntimeDefault' as const },
};

/** Limits what an attacker can do in a compromised container: no root, no capabilities, a read-only file system. */
const containerSecurity = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  ...unprivileged,
};

// 0440, because root owns the mounted files and the process reads them as a member of fsGroup.
const defaultMode = 0o440;

/** The `env` list of a container, sorted by name. */
function environment(values: Values, command: CommandName): IEnvVar[] {
  const asFiles = values.secrets.delivery === 'files';
  return Object.entries(settings(values, command))
    .map(([name, source]): IEnvVar => {
      if ('text' in source) {
        const configMapKeyRef = { name: namesOf(values).config, key: configKey(name) };
        return isPath(source) ? { name, value: source.text } : { name, valueFrom: { configMapKeyRef } };
      }
      if ('keyFile' in source) return { name, value: secretOf(values, source.keyFile).file };
      const secret = secretOf(values, source.secret);
      if (asFiles || secret.isForeign) return { name: `${name}_FILE`, value: secret.file };
      return { name, valueFrom: { secretKeyRef: { name: secret.name, key: secret.key } } };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
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
  const databaseCa = caVolume('database-ca', namesOf(values).databaseCa, values.database.caSecret);
  const redisCa = caVolume('redis-ca', namesOf(values).redisCa, values.redis.caSecret);
  const publicKeys = { name: 'public-keys', configMap: { name: namesOf(values).publicKeys, defaultMode } };
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
    ...(DB_CA_FILE && { [paths.databaseCa]: databaseCa }),
    ...(REDIS_CA_FILE && { [paths.redisCa]: redisCa }),
  };
}

/** Volumes by the folders at which a container mounts them. */
export type Mounts = Readonly<Record<string, IVolume>>;

type Resources = Values['resources'];
const quantities = (amounts: Resources['limits']) => ({
  cpu: amounts.cpu,
  memory: amounts.memory,
  'ephemeral-storage': amounts.ephemeralStorage,
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
  return {
    name,
    image: imageReference(values.image),
    // Always, even with a digest, so that the registry checks the pull Secret of each pod.
    imagePullPolicy: 'Always',
    env: environment(values, command),
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
    securityContext: containerSecurity,
    volumeMounts: Object.entries({ ...volumes(values, command), ...mounts }).map(([mountPath, { name }]) => ({
      name,
      mountPath,
      ...(!writable.includes(mountPath) && { readOnly: true }),
    })),
    ...rest,
  };
}

type PodOptions = Partial<IPodSpec> & Pick<IPodSpec, 'containers'> & { readonly mounts?: Mounts };

/** The pod spec with the same hardening for the API and for every other command. */
export function podSpec(
  values: Values,
  commands: readonly CommandName[],
  { mounts = {}, ...rest }: PodOptions,
): IPodSpec {
  const { image, scheduling } = values;
  const ofCommands = commands.flatMap((command) => Object.values(volumes(values, command)));
  const all = [...ofCommands, ...Object.values(mounts)];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: scheduling.priorityClass.name,
    securityContext: {
      fsGroup: userId,
      // Without it, every start changes the owner of all files in all volumes.
      fsGroupChangePolicy: 'OnRootMismatch',
      ...unprivileged,
    },
    serviceAccountName: namesOf(values).app,
    volumes: [...new Map(all.map((volume) => [volume.name, volume])).values()],
    ...(image.pullSecrets.length > 0 && { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(scheduling.nodeSelector).length > 0 && { nodeSelector: scheduling.nodeSelector }),
    // reason: the schema of the values takes any map here, and the gate checks it against the types of a pod.
    ...(scheduling.tolerations.length > 0 && {
      tolerations: scheduling.tolerations as IPodSpec['tolerations'],
    }),
    ...rest,
  };
}

/** Changes with the ConfigMap, so that a new configuration replaces the pods, which read it only at start. */
export function configChecksum(values: Values): Record<string, string> {
  const digest = createHash('sha256').update(JSON.stringify(Object.entries(plainSettings(values)).sort()));
  return { 'checksum/config': digest.digest('hex') };
}
