import { createHash } from 'node:crypto';
import type {
  IContainer,
  IEnvVar,
  IPodSpec,
  ISecurityContext,
  IVolume,
  IVolumeMount,
} from 'kubernetes-models/v1';
import { names, userId } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { configKey, isPath, paths, plainSettings, secretKeys, settings } from './settings.ts';

/** What is in the way of a process that has been broken into: no root, no capabilities, nothing to write on. */
const containerSecurity: ISecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsGroup: userId,
  runAsNonRoot: true,
  runAsUser: userId,
  seccompProfile: { type: 'RuntimeDefault' },
};

// 0440: root owns mounted Secrets, the process reads them through fsGroup.
const readableByGroup = 0o440;

/** Secrets that stand in the environment when `secrets.delivery` is env; key pairs stay files. */
function mountedKeys(values: Values): string[] {
  const fromEnvironment = values.secrets.delivery === 'env';
  const inEnvironment = Object.values(settings(values)).flatMap((source) =>
    fromEnvironment && 'secret' in source ? [source.secret] : [],
  );
  return secretKeys(values).filter((key) => !inEnvironment.some((other) => other === key));
}

/** The `env` list of a container, sorted by name, from settings(). */
export function environment(values: Values): IEnvVar[] {
  const asFiles = values.secrets.delivery === 'files';
  return Object.entries(settings(values))
    .map(([name, source]): IEnvVar => {
      if ('text' in source) {
        const configMapKeyRef = { name: names.config, key: configKey(name) };
        return isPath(source) ? { name, value: source.text } : { name, valueFrom: { configMapKeyRef } };
      }
      if ('keyFile' in source) return { name, value: `${paths.secrets}/${source.keyFile}` };
      if (asFiles) return { name: `${name}_FILE`, value: `${paths.secrets}/${source.secret}` };
      return { name, valueFrom: { secretKeyRef: { name: values.secrets.name, key: source.secret } } };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function volumes(values: Values): { volume: IVolume; path: string }[] {
  const keys = mountedKeys(values);
  const found: { volume: IVolume; path: string }[] = [
    { path: '/tmp', volume: { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } } },
    {
      path: paths.publicKeys,
      volume: { name: 'public-keys', configMap: { name: names.publicKeys, defaultMode: readableByGroup } },
    },
  ];
  if (keys.length > 0) {
    const items = keys.map((key) => ({ key, path: key }));
    const secret = { secretName: values.secrets.name, defaultMode: readableByGroup, items };
    // The whole volume and no subPath: only so do changed Secrets reach a running pod.
    found.push({ path: paths.secrets, volume: { name: 'secrets', secret } });
  }
  if (values.database.ca) {
    const configMap = { name: names.databaseCa, defaultMode: readableByGroup };
    found.push({ path: paths.databaseCa, volume: { name: 'database-ca', configMap } });
  }
  return found;
}

function mounts(values: Values): IVolumeMount[] {
  return volumes(values).map(({ path, volume }) => ({
    name: volume.name,
    mountPath: path,
    ...(path !== '/tmp' && { readOnly: true }),
  }));
}

/** `repository:tag@digest`; the digest decides, the tag tells people which release it is. */
export function imageOf({ image }: Values): string {
  return `${image.repository}:${image.tag}${image.digest ? `@${image.digest}` : ''}`;
}

type Resources = Values['resources'];
const quantities = (amounts: Resources['limits']) => ({
  cpu: amounts.cpu,
  memory: amounts.memory,
  'ephemeral-storage': amounts.ephemeralStorage,
});

/** A hardened container of the service's image. */
export function container(
  values: Values,
  name: string,
  resources: Resources,
  rest: Partial<IContainer>,
): IContainer {
  return {
    name,
    image: imageOf(values),
    // Always even with a digest: the node asks the registry again whether this pull Secret may have the image.
    imagePullPolicy: 'Always',
    env: environment(values),
    resources: { requests: quantities(resources.requests), limits: quantities(resources.limits) },
    securityContext: containerSecurity,
    volumeMounts: mounts(values),
    ...rest,
  };
}

/** The pod around its containers; the same hardening for API, purge and migration. */
export function podSpec(values: Values, rest: Partial<IPodSpec> & Pick<IPodSpec, 'containers'>): IPodSpec {
  const { image, scheduling } = values;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: scheduling.priorityClass.name,
    securityContext: {
      fsGroup: userId,
      // Else every start walks through all files of all volumes.
      fsGroupChangePolicy: 'OnRootMismatch',
      runAsGroup: userId,
      runAsNonRoot: true,
      runAsUser: userId,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    serviceAccountName: names.app,
    volumes: volumes(values).map(({ volume }) => volume),
    ...(image.pullSecrets.length > 0 && { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(scheduling.nodeSelector).length > 0 && { nodeSelector: scheduling.nodeSelector }),
    // reason: tolerations are passed on as they are; the gate checks them against the API's schema.
    ...(scheduling.tolerations.length > 0 && {
      tolerations: scheduling.tolerations as IPodSpec['tolerations'],
    }),
    ...rest,
  };
}

/** Changes whenever the ConfigMap does, so that pods which read it at start are replaced. */
export function configChecksum(values: Values): Record<string, string> {
  const digest = createHash('sha256').update(JSON.stringify(Object.entries(plainSettings(values)).sort()));
  return { 'checksum/config': digest.digest('hex') };
}
