import type { endEverything } from './after-snapshot.ts';
import { totalRows } from './backup.ts';
import type { CataloguedBackup } from './catalogue.ts';
import type { DrillResult } from './drill.ts';
import type { Manifest } from './manifest.ts';
import type { RestoreResult } from './restore.ts';

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1_000;

/** `12.3 MB`. */
const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export interface Report {
  /** What --json writes. */
  readonly result: object;
  readonly lines: readonly string[];
}

export function reportBackup(manifest: Manifest, removed: readonly string[], elapsed: number): Report {
  const { name, snapshot_at, size, encryption } = manifest;
  const rows = totalRows(manifest);
  return {
    result: { ...manifest, removed, seconds: seconds(elapsed) },
    lines: [
      `${name}: ${rows} rows as of ${snapshot_at}, ${sizeText(size)}, encryption ${encryption}, in ${seconds(elapsed)} s`,
      ...removed.map((old) => `removed ${old}`),
    ],
  };
}

export function reportList(backups: readonly CataloguedBackup[]): Report {
  const listed = backups.map(({ name, state, reason, manifest }) => ({
    name,
    state,
    reason: reason ?? null,
    snapshot_at: manifest?.snapshot_at ?? null,
    size: manifest?.size ?? null,
    rows: manifest ? totalRows(manifest) : null,
    encryption: manifest?.encryption ?? null,
    service_version: manifest?.service_version ?? null,
  }));
  const lines = listed.map(({ name, state, reason, snapshot_at, size, rows, encryption }) =>
    state === 'complete'
      ? `${name}  ${state}  ${snapshot_at}  ${rows} rows  ${sizeText(size ?? 0)}  ${encryption}`
      : `${name}  ${state}: ${reason}`,
  );
  return { result: { backups: listed }, lines: lines.length > 0 ? lines : ['the target contains no backup'] };
}

const numbered = (remaining: readonly string[]): readonly string[] => [
  'What remains to be done by hand:',
  ...remaining.map((line, index) => `${index + 1}. ${line}`),
];

const timesOf = ({ times }: RestoreResult) => ({
  verify_seconds: seconds(times.verify),
  restore_seconds: seconds(times.restore),
  migrate_seconds: seconds(times.migrate),
});

export function reportRestore(
  manifest: Manifest,
  restored: RestoreResult,
  remaining: readonly string[],
): Report {
  const { name, snapshot_at } = manifest;
  const times = timesOf(restored);
  const { replaced } = restored;
  const lost = replaced
    ? [
        `deleted: ${Object.entries(replaced)
          .map(([table, rows]) => `${table} ${rows}`)
          .join(', ')}`,
      ]
    : [];
  return {
    result: { name, snapshot_at, rows: manifest.rows, replaced, ...times, remaining_work: remaining },
    lines: [
      `restored ${name}: ${totalRows(manifest)} rows as of ${snapshot_at}`,
      ...lost,
      `verified in ${times.verify_seconds} s, restored in ${times.restore_seconds} s, migrated in ${times.migrate_seconds} s`,
      ...numbered(remaining),
    ],
  };
}

export function reportAfterSnapshot(
  { lastActivity, ended }: Awaited<ReturnType<typeof endEverything>>,
  remaining: readonly string[],
): Report {
  const counts = Object.entries(ended).map(([table, rows]) => `${table} ${rows}`);
  return {
    result: { last_activity: lastActivity.toISOString(), deleted: ended, remaining_work: remaining },
    lines: [
      `deleted: ${counts.join(', ')}. The database was last used at ${lastActivity.toISOString()}`,
      ...numbered(remaining),
    ],
  };
}

export function reportDrill(manifest: Manifest, drilled: DrillResult): Report {
  const times = { ...timesOf(drilled), login_seconds: seconds(drilled.login) };
  const { name, snapshot_at } = manifest;
  return {
    result: { name, snapshot_at, rows: manifest.rows, ...times },
    lines: [
      `${name} can be restored: every table has the rows of its manifest, and a new account logged in`,
      `verified in ${times.verify_seconds} s, restored in ${times.restore_seconds} s, migrated in ${times.migrate_seconds} s, logged in within ${times.login_seconds} s`,
    ],
  };
}
