import type { CataloguedBackup } from './catalogue.ts';
import { manifestEnding } from './manifest.ts';
import type { BackupTarget } from './targets/target.ts';

const day = 86_400_000;

export interface Retention {
  /** How many of the newest backups stay. */
  readonly keep?: number | undefined;
  /** How many days old a backup may become. */
  readonly keepDays?: number | undefined;
}

/** A backup of an hour ago may still be running. */
const isAbandoned = ({ files }: CataloguedBackup, now: number): boolean =>
  files.every(({ modifiedAt }) => now - modifiedAt.getTime() > day);

/**
 * The backups that may be removed: complete ones that no rule keeps, and incomplete ones that nobody has written to for a
 * day. With both rules, a backup stays if one of them keeps it. The newest complete backup always stays.
 * @param backups newest first
 * @param now milliseconds since the epoch
 */
export function findExpired(
  backups: readonly CataloguedBackup[],
  { keep, keepDays }: Retention,
  now: number,
): CataloguedBackup[] {
  if (keep === undefined && keepDays === undefined) return [];
  const complete = backups.filter(({ state }) => state === 'complete');
  const isKept = ({ manifest }: CataloguedBackup, index: number): boolean => {
    const age = now - Date.parse(manifest?.snapshot_at ?? '');
    return (
      index === 0 ||
      (keep !== undefined && index < keep) ||
      (keepDays !== undefined && !(age > keepDays * day))
    );
  };
  return [
    ...complete.filter((backup, index) => !isKept(backup, index)),
    ...backups.filter((backup) => backup.state === 'incomplete' && isAbandoned(backup, now)),
  ];
}

/** The manifest goes first: what an interruption leaves is incomplete, and not a backup without its data. */
export async function removeBackup(target: BackupTarget, { files }: CataloguedBackup): Promise<void> {
  const manifestsFirst = [...files].sort(
    (a, b) => Number(b.name.endsWith(manifestEnding)) - Number(a.name.endsWith(manifestEnding)),
  );
  for (const { name } of manifestsFirst) await target.remove(name);
}
