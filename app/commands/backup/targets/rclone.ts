import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readProgram, startProgram } from '../programs.ts';
import type { BackupTarget, StoredFile } from './target.ts';

const listing = z.array(
  z.object({ Name: z.string(), Size: z.number(), ModTime: z.coerce.date(), IsDir: z.boolean() }),
);

/**
 * rclone reads its configuration from its file or from RCLONE_* variables, and the remotes of clouds also read the
 * variables of the platform (`env_auth`).
 */
const ofRclone = /^(RCLONE_|AWS_|AZURE_|GOOGLE_|GCE_|XDG_CONFIG_HOME$|SSL_CERT_(FILE|DIR)$)/;

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && ofRclone.test(name) ? [[name, value]] : [],
    ),
  );

async function listRemote(remote: string): Promise<StoredFile[]> {
  const text = await readProgram('rclone', ['lsjson', '--files-only', remote], environment()).catch(
    // rclone's status 3: the folder does not exist, which is a target without a backup.
    (error: Error) => {
      if (/ended with status 3\b/.test(error.message)) return '[]';
      throw error;
    },
  );
  return listing
    .parse(JSON.parse(text))
    .filter(({ IsDir }) => !IsDir)
    .map(({ Name, Size, ModTime }) => ({ name: Name, size: Size, modifiedAt: ModTime }));
}

async function writeRemote(path: string, source: Readable): Promise<void> {
  const { child, finished } = startProgram('rclone', ['rcat', '--immutable', path], environment());
  try {
    await Promise.all([pipeline(source, child.stdin), finished]);
  } catch (error) {
    // What writes to the stream would wait for ever.
    source.destroy();
    // At the end of its input rclone would complete the upload.
    child.kill('SIGKILL');
    // What rclone did is the reason, and not the pipe that its end has broken.
    await finished.catch((reason: Error) => {
      if (!/SIGKILL/.test(reason.message)) throw reason;
    });
    throw error;
  }
}

/** @param remote as rclone names it: `REMOTE:PATH`, for example `s3:bucket/folder` */
export function createRcloneTarget(remote: string): BackupTarget {
  const pathOf = (name: string): string => `${remote.replace(/([^:/])\/*$/, '$1/')}${name}`;
  return {
    kind: 'rclone',
    list: () => listRemote(remote),
    read(name) {
      const { child, finished } = startProgram('rclone', ['cat', pathOf(name)], environment());
      child.stdin.end();
      return { stream: child.stdout, finished };
    },
    write: (name, source) => writeRemote(pathOf(name), source),
    async remove(name) {
      await readProgram('rclone', ['deletefile', pathOf(name)], environment());
    },
  };
}
