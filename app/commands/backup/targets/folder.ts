import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BackupTarget, StoredFile } from './target.ts';

/** The ending of a file that is being written. A backup with such a file is incomplete. */
const unfinished = '.partial';

async function listFolder(folder: string): Promise<StoredFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name }) => {
      const { size, mtime } = await stat(join(folder, name));
      return { name, size, modifiedAt: mtime };
    }),
  );
}

/** Without it, a crash of the machine could leave a name without its content. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeToFolder(folder: string, name: string, source: Readable): Promise<void> {
  const path = join(folder, name);
  const partial = path + unfinished;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(partial, source, { flag: 'wx', mode: 0o600 });
    await sync(partial);
    await rename(partial, path);
    await sync(folder);
  } catch (error) {
    // What writes to the stream would wait for ever.
    source.destroy();
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** A folder of this machine, which may be a mounted volume. The first backup creates it. */
export function createFolderTarget(folder: string): BackupTarget {
  return {
    kind: 'folder',
    list: () => listFolder(folder),
    read(name) {
      const stream = createReadStream(join(folder, name));
      // The errors of a file are those of its stream.
      return { stream, finished: Promise.resolve() };
    },
    write: (name, source) => writeToFolder(folder, name, source),
    remove: (name) => rm(join(folder, name)),
  };
}
