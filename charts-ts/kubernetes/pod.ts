import { createHash } from 'node:crypto';
import type { IContainer, IEnvVar, IPodSpec, IVolume } from 'kubernetes-models/v1';
import { names, userId } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { imageReference } from '../workload/process.ts';
import type { Settings } from '../workload/settings.ts';
import {
  configKey,
  isPath,
  ownerKeys,
  paths,
  plainSettings,
  secretKeys,
  secretOf,
  settings,
} from './settings.ts';

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
function environment(values: Values, settings: Settings): IEnvVar[] {
  const asFiles = values.secrets.delivery === 'files';
  return Object.entries(settings)
    .map(([name, source]): IEnvVar => {
      if ('text' in source) {
        const configMapKeyRef = { name: names.config, key: configKey(name) };
        return isPath(source) ? { name, value: source.text } : { name, valueFrom: { configMapKeyRef } };
      }
      if ('keyFile' in source) return { name, value: `${paths.secrets}/${source.keyFile}` };
      const secret = secretOf(values, source.secret);
      if (asFiles) return { name: `${name}_FILE`, value: `${secret.folder}/${source.secret}` };
      return { name, valueFrom: { secretKeyRef: { name: secret.name, key: source.secret } } };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The volume of the Secret that only the migration mounts, by the folder. */
function ownerVolume(values: Values): Record<string, IVolume> {
  const items = ownerKeys(values).map((key) => ({ key, path: key }));
  const secret = { secretName: values.secrets.ownerName, defaultMode, items };
  const isMounted = items.length > 0 && values.secrets.delivery === 'files';
  return isMounted ? { [paths.ownerSecrets]: { name: 'owner-secrets', secret } } : {};
}

/** The volumes by the folders at which containers mount them. */
function volumes(values: Values): Record<string, IVolume> {
  const items = secretKeys(values, values.secrets.delivery === 'files').map((key) => ({ key, path: key }));
  const secret = { secretName: values.secrets.name, defaultMode, items };
  const databaseCa = { name: 'database-ca', configMap: { name: names.databaseCa, defaultMode } };
  const redisCa = { name: 'redis-ca', configMap: { name: names.redisCa, defaultMode } };
  return {
    '/tmp': { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    [paths.publicKeys]: { name: 'public-keys', configMap: { name: names.publicKeys, defaultMode } },
    // Mounts the whole volume, because the kubelet does not update files that are mounted by subPath.
    ...(items.length > 0 && { [paths.secrets]: { name: 'secrets', secret } }),
    ...(values.database.ca && { [paths.databaseCa]: databaseCa }),
    ...(values.redis.ca && { [paths.redisCa]: redisCa }),
  };
}

type Resources = Values['resources'];
const quantities = (amounts: Resources['limits']) => ({
  cpu: amounts.cpu,
  memory: amounts.memory,
  'ephemeral-storage': amounts.ephemeralStorage,
});

/**
 * A hardened container with the image of the service.
 * @param options.migration the settings of the migration, which sees the Secret of the owner of the tables
 */
export function container(
  values: Values,
  name: string,
  resources: Resources,
  rest: Partial<IContainer>,
  { migration }: { migration?: Settings } = {},
): IContainer {
  const mounted = { ...volumes(values), ...(migration && ownerVolume(values)) };
  return {
    name,
    image: imageReference(values.image),
    // Always, even with a digest, so that the registry checks the pull Secret of each pod.
    imagePullPolicy: 'Always',
    env: environment(values, migration ?? settings(values)),
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
    securityContext: containerSecurity,
    volumeMounts: Object.entries(mounted).map(([mountPath, { name }]) => ({
      name,
      mountPath,
      ...(mountPath !== '/tmp' && { readOnly: true }),
    })),
    ...rest,
  };
}

/** The pod spec with the same hardening for the API, the purge and the migration. */
export function podSpec(values: Values, rest: Partial<IPodSpec> & Pick<IPodSpec, 'containers'>): IPodSpec {
  const { image, scheduling } = values;
  const mounts = [...(rest.initContainers ?? []), ...rest.containers].flatMap(
    (one) => one.volumeMounts ?? [],
  );
  const all = Object.values({ ...volumes(values), ...ownerVolume(values) });
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
    serviceAccountName: names.app,
    volumes: all.filter(({ name }) => mounts.some((mount) => mount.name === name)),
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
