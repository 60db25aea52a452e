import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The text of each file by its path from the root of the project. */
export type RootFiles = ReadonlyMap<string, string>;

/** Writes the files that tools look for in the root of the project. Each replaces its earlier version as a whole. */
export function writeRootFiles(files: RootFiles): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}
