import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** A throw-away account that may exist, and what deletes it. It has no role and no data. */
const Leftover = z.object({
  url: z.url(),
  email: z.email(),
  password: z.string(),
});
export type Leftover = z.infer<typeof Leftover>;

/** Where `verify` remembers accounts that it creates, until they are deleted. */
export interface StateFolder {
  readonly path: string;
  /** Writes a file that only this user may read. @throws Error when the folder cannot be written */
  save(name: string, leftover: Leftover): Promise<void>;
  remove(name: string): Promise<void>;
  /** The leftovers of the deployment at this URL, by the name of their file. */
  list(url: string): Promise<ReadonlyMap<string, Leftover>>;
}

/** @param environment the environment variables of the process */
export const defaultStateFolder = ({
  XDG_STATE_HOME,
}: Readonly<Record<string, string | undefined>>): string =>
  join(XDG_STATE_HOME || tmpdir(), 'auth-service-verify');

const extension = '.json';

/** @throws Error when another user could read the folder, or could have prepared it */
async function checkOwner(path: string): Promise<void> {
  const { mode, uid } = await stat(path);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new Error(`${path} must belong to the user of this command, and have the mode 0700`);
}

async function parse(file: string): Promise<Leftover | null> {
  try {
    return Leftover.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // A file that was cut short names no account: it is written before the account is created.
    return null;
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    const files = await readdir(path);
    return files.filter((file) => file.endsWith(extension)).map((file) => file.slice(0, -extension.length));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

export function createStateFolder(path: string): StateFolder {
  const fileOf = (name: string): string => join(path, `${name}${extension}`);
  return {
    path,
    async save(name, leftover) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await checkOwner(path);
      // wx does not follow a link that somebody else has made.
      await writeFile(fileOf(name), `${JSON.stringify(leftover)}\n`, { mode: 0o600, flag: 'wx' });
    },
    remove: (name) => rm(fileOf(name), { force: true }),
    async list(url) {
      const entries: [string, Leftover][] = [];
      for (const name of await namesIn(path)) {
        const leftover = await parse(fileOf(name));
        if (leftover?.url === url) entries.push([name, leftover]);
      }
      return new Map(entries);
    },
  };
}
