import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A folder that synth must not replace. */
export class OutputFolderError extends Error {}

/** The text of each file by its name, relative to the folder. */
export type FolderContent = ReadonlyMap<string, string>;

/** A file in every folder that synth writes. Synth replaces a folder only if it has this file. */
const marker = '.synthesized';
const markerText =
  'npm run synth writes this folder and replaces it as a whole. Change the values instead of these files.\n';

function assertReplaceable(folder: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new OutputFolderError(`--out ${folder}: is not a folder`);
  const entries = readdirSync(folder);
  if (entries.length > 0 && !entries.includes(marker)) {
    throw new OutputFolderError(
      `--out ${folder}: must be empty or an earlier output of synth, because synth replaces the whole folder`,
    );
  }
}

/** A temporary folder beside the target, so that a rename can move its content to the target. */
function createStage(folder: string): string {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    return mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
  } catch (error) {
    throw new OutputFolderError(`--out ${folder}: ${error instanceof Error ? error.message : error}`);
  }
}

function writeContent(folder: string, content: FolderContent): void {
  for (const [name, text] of new Map([...content, [marker, markerText]])) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/**
 * Replaces each folder as a whole. All files are written to temporary folders first and then moved by renames, so that
 * an error leaves the earlier output unchanged.
 * @throws OutputFolderError for a folder with other files, and where no folder can be made
 */
export function replaceFolders(folders: ReadonlyMap<string, FolderContent>): void {
  const targets = [...folders].map(([folder, content]) => ({ folder: resolve(folder), content }));
  for (const { folder } of targets) assertReplaceable(folder);
  const staged: { folder: string; stage: string }[] = [];
  try {
    for (const { folder, content } of targets) {
      const stage = createStage(folder);
      staged.push({ folder, stage });
      writeContent(join(stage, 'new'), content);
    }
    for (const { folder, stage } of staged) {
      if (existsSync(folder)) renameSync(folder, join(stage, 'old'));
      renameSync(join(stage, 'new'), folder);
    }
  } finally {
    for (const { stage } of staged) rmSync(stage, { recursive: true, force: true });
  }
}
