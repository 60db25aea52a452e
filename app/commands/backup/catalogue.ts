import { text } from 'node:stream/consumers';
import { backupName, type Manifest, manifestEnding, readManifest } from './manifest.ts';
import type { BackupTarget, StoredFile } from './targets/target.ts';

/** What a target contains under one name. */
export interface CataloguedBackup {
  readonly name: string;
  readonly state: 'complete' | 'incomplete';
  /** Why a backup is incomplete. */
  readonly reason?: string;
  readonly manifest?: Manifest;
  readonly mac?: string | null;
  readonly files: readonly StoredFile[];
}

const nameOf = (file: string): string => file.slice(0, file.indexOf('.'));

async function readText(target: BackupTarget, name: string): Promise<string> {
  const { stream, finished } = target.read(name);
  const content = await text(stream);
  await finished;
  return content;
}

async function inspect(
  target: BackupTarget,
  name: string,
  files: readonly StoredFile[],
): Promise<CataloguedBackup> {
  const incomplete = (reason: string): CataloguedBackup => ({ name, state: 'incomplete', reason, files });
  if (!files.some((file) => file.name === name + manifestEnding)) return incomplete('it has no manifest');
  try {
    const { manifest, mac } = readManifest(await readText(target, name + manifestEnding), name);
    const data = files.find((file) => file.name === manifest.file);
    if (!data) return incomplete(`${manifest.file} is missing`);
    if (data.size !== manifest.size) {
      return incomplete(`${data.name} has ${data.size} bytes and not ${manifest.size}`);
    }
    return { name, state: 'complete', manifest, mac, files };
  } catch (error) {
    return incomplete(`its manifest cannot be used: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The backups in a target, newest first. Other files are left alone. A manifest is not checked for who wrote it, and a
 * data file only for its size: a restore does both.
 */
export async function listBackups(target: BackupTarget): Promise<CataloguedBackup[]> {
  const files = (await target.list()).filter(({ name }) => backupName.test(nameOf(name)));
  const names = [...new Set(files.map(({ name }) => nameOf(name)))].sort().reverse();
  const backups: CataloguedBackup[] = [];
  for (const name of names) {
    backups.push(
      await inspect(
        target,
        name,
        files.filter((file) => nameOf(file.name) === name),
      ),
    );
  }
  return backups;
}

/**
 * The backup of a name, or the newest complete one.
 * @throws Error when there is none, or it is incomplete
 */
export async function findBackup(target: BackupTarget, name: string | undefined) {
  const backups = await listBackups(target);
  const found =
    name === undefined
      ? backups.find(({ state }) => state === 'complete')
      : backups.find((backup) => backup.name === name);
  if (!found) {
    const what = name === undefined ? 'no complete backup' : `no backup ${name}`;
    throw new Error(`the target contains ${what}`);
  }
  const { manifest, mac } = found;
  if (!manifest || mac === undefined)
    throw new Error(`the backup ${found.name} is incomplete: ${found.reason}`);
  return { manifest, mac };
}
