import { isDeepStrictEqual } from 'node:util';
import { paths } from '../kubernetes/settings.ts';
import type { Values } from '../values/schema.ts';

type Form = Readonly<Record<string, unknown>>;

/** The volumes of the charts, whether or not the values ask for each of them. */
const chartVolumes = [
  ...['tmp', 'secrets', 'migration-secrets', 'owner-secrets', 'public-keys', 'database-ca', 'redis-ca'],
  ...['administrator', 'backups', 'backup-keys', 'restore-keys'],
];

const { backup, ...folders } = paths;
/** The folders at which the charts mount their volumes. */
const chartFolders = ['/tmp', ...Object.values(folders), ...Object.values(backup)];

const withSlash = (path: string): string => `${path.replace(/\/+$/, '')}/`;

function* checkNames(path: string, volumes: readonly Form[]): Iterable<string> {
  for (const [index, { name }] of volumes.entries()) {
    const first = volumes.findIndex((volume) => volume.name === name);
    if (typeof name === 'string' && chartVolumes.includes(name))
      yield `${path}[${index}].name: ${name} is a volume of the charts: choose another name`;
    if (first < index) yield `${path}[${index}].name: ${String(name)} is also the name of ${path}[${first}]`;
  }
}

function* checkMounts(path: string, mounts: readonly Form[], volumes: readonly Form[]): Iterable<string> {
  const known = [...chartVolumes, ...volumes.map(({ name }) => name)];
  for (const [index, { mountPath, name }] of mounts.entries()) {
    if (name !== undefined && !known.includes(name))
      yield `${path}[${index}].name: ${String(name)} is no volume: add it to ${path.replace('Mounts', 's')}`;
    if (typeof mountPath !== 'string') continue;
    const mount = withSlash(mountPath);
    const first = mounts.findIndex((other) => other.mountPath === mountPath);
    if (first < index)
      yield `${path}[${index}].mountPath: ${mountPath} is also the path of ${path}[${first}]`;
    // A mount at or above a folder of the charts hides it. One within it would have to be created in a read-only volume.
    const hidden = chartFolders
      .map(withSlash)
      .find((folder) => folder.startsWith(mount) || (folder !== '/tmp/' && mount.startsWith(folder)));
    if (hidden)
      yield `${path}[${index}].mountPath: ${mountPath} must not hide ${hidden.slice(0, -1)}, a folder of the charts`;
  }
}

/** Volumes of the operator have names and folders of their own. */
export function* checkVolumes(values: Values): Iterable<string> {
  const { extraVolumeMounts, extraVolumes, jobs } = values;
  yield* checkNames('extraVolumes', extraVolumes);
  yield* checkMounts('extraVolumeMounts', extraVolumeMounts, extraVolumes);
  yield* checkNames('jobs.extraVolumes', jobs.extraVolumes);
  yield* checkMounts('jobs.extraVolumeMounts', jobs.extraVolumeMounts, jobs.extraVolumes);
  // The migration may run in the pod of the API, which then has the volumes of both.
  for (const [index, volume] of jobs.extraVolumes.entries()) {
    const other = extraVolumes.find(({ name }) => name === volume.name);
    if (other && !isDeepStrictEqual(other, volume))
      yield `jobs.extraVolumes[${index}].name: ${String(volume.name)} is another volume in extraVolumes: choose another name`;
  }
}
