import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** An output folder that is not ours to replace. */
export class FolderError extends Error {}

/** File name, relative to the folder, to its text. */
export type FolderContent = ReadonlyMap<string, string>;

/** In every folder that we write, so that only such folders are ever replaced. */
const marker = '.synthesized';
const markerText = 'Written by npm run synth, which replaces the whole folder. Change the values instead.\n';

function assertOurs(folder: string): void {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder);
  if (entries.length > 0 && !entries.includes(marker)) {
    throw new FolderError(`--out ${folder}: is not empty and not an earlier output`);
  }
}

/**
 * Replaces folders as a whole: everything is written beside them first, then swapped in by renames, so a failure
 * leaves the old output as it was.
 * @throws FolderError for a folder with foreign content
 */
export function replaceFolders(folders: ReadonlyMap<string, FolderContent>): void {
  const targets = [...folders].map(([folder, content]) => ({ folder: resolve(folder), content }));
  for (const { folder } of targets) assertOurs(folder);
  const staged: { folder: string; stage: string }[] = [];
  try {
    for (const { folder, content } of targets) {
      mkdirSync(dirname(folder), { recursive: true });
      const stage = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
      staged.push({ folder, stage });
      for (const [name, text] of new Map([...content, [marker, markerText]])) {
        mkdirSync(dirname(join(stage, 'new', name)), { recursive: true });
        writeFileSync(join(stage, 'new', name), text);
      }
    }
    for (const { folder, stage } of staged) {
      if (existsSync(folder)) renameSync(folder, join(stage, 'old'));
      renameSync(join(stage, 'new'), folder);
    }
  } finally {
    for (const { stage } of staged) rmSync(stage, { recursive: true, force: true });
  }
}
