import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from '../../../app/config/cgroup.ts';
import type { CommandName } from '../../../app/config/config.ts';
import type { Document } from '../../../charts-ts/gate/document.ts';
import { bytes, millicpu } from '../../../charts-ts/values/formats.ts';
import { pemPair } from '../../support/keys.ts';
import { configurationOf, type Loose, only } from './synthesized.ts';

/** A container as its process sees it, with the files of its volumes below a folder of this machine. */
export interface RealContainer {
  readonly title: string;
  readonly command: CommandName;
  readonly env: Record<string, string>;
  readonly machine: Machine;
}

const newSecret = (): string => randomBytes(48).toString('base64');
// The same in every container, as a Secret is.
const [sharedSecret, previousSecret] = [newSecret(), newSecret()];

/** Plausible secrets by their keys in the Secret. The servers of the URLs do not exist. */
function secretTexts(algorithm: string, usesTls: boolean): Record<string, string> {
  const pair = pemPair('a', algorithm === 'HS256' ? 'RS256' : (algorithm as 'RS256'));
  return {
    'db-url': 'postgresql://auth:pw@127.0.0.1:1/auth',
    'db-owner-url': 'postgresql://owner:pw@127.0.0.1:1/auth',
    'db-replica-url': 'postgresql://auth:pw@127.0.0.1:1/auth',
    'redis-url': `${usesTls ? 'rediss' : 'redis'}://:pw@127.0.0.1:1`,
    'redis-cert': '-----BEGIN CERTIFICATE-----',
    'redis-key': '-----BEGIN PRIVATE KEY-----',
    'redis-sentinel-password': 'pw',
    'jwt-private-key': pair.privatePem,
    'jwt-public-key': pair.publicPem,
    'jwt-secret': sharedSecret,
    'jwt-secret-previous': previousSecret,
    password: 'pw',
    'backup-key': newSecret(),
    'age-identity': 'AGE-SECRET-KEY-1',
  };
}

const templates: Record<string, (object: Loose) => Loose> = {
  Deployment: ({ spec }) => spec.template.spec,
  Job: ({ spec }) => spec.template.spec,
  CronJob: ({ spec }) => spec.jobTemplate.spec.template.spec,
};

/** Every container of the manifests, with its files written below `root`. */
export function realContainers(documents: readonly Document[], root: string): RealContainer[] {
  const configMap = (name: string): Record<string, string> | undefined =>
    only(documents, 'ConfigMap', name).data;
  const config = configurationOf(documents).data;
  const secrets = secretTexts(config.ALGORITHM ?? '', config.REDIS_TLS !== 'off');

  function writeVolumes(pod: Loose, container: Loose): readonly string[] {
    return (container.volumeMounts ?? []).map(({ mountPath, name }: Loose) => {
      const { configMap: map, secret } = pod.volumes.find((volume: Loose) => volume.name === name);
      const keys = secret?.items.map(({ key, path }: Loose) => [path, secrets[key]]);
      mkdirSync(join(root, mountPath), { recursive: true });
      for (const [file, text] of keys ?? Object.entries(map ? (configMap(map.name) ?? {}) : {}))
        writeFileSync(join(root, mountPath, file), text);
      return mountPath;
    });
  }

  function textOf({ value, valueFrom }: Loose, mounts: readonly string[]): string {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef) return configMap(configMapKeyRef.name)?.[configMapKeyRef.key] ?? '';
    if (secretKeyRef) return secrets[secretKeyRef.key] ?? '';
    return mounts.some((mount) => value === mount || dirname(value) === mount) ? join(root, value) : value;
  }

  return documents.flatMap(({ object }) => {
    const pod = templates[object.kind]?.(object);
    if (!pod) return [];
    return [...(pod.initContainers ?? []), ...pod.containers].map((container: Loose) => {
      const mounts = writeVolumes(pod, container);
      const { cpu, memory } = container.resources.limits;
      return {
        title: `${object.kind} ${container.name}`,
        command: container.args?.[0] ?? 'serve',
        env: Object.fromEntries(container.env.map((one: Loose) => [one.name, textOf(one, mounts)])),
        // Without a limit the process sees every CPU of a large node.
        machine: {
          cpus: cpu ? millicpu(cpu) / 1_000 : 64,
          hasCpuQuota: cpu !== undefined,
          memoryBytes: bytes(memory),
        },
      };
    });
  });
}
