import { createPrivateKey, createPublicKey } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { type Config, ConfigError } from '../../config/config.ts';
import { publicPemOf } from '../../features/tokens/pem-keys.ts';

/** The files of a rotation. `next` and `previous` are beside the pair that signs, so that a rename replaces it at once. */
export interface KeyFiles {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly nextPrivateKey: string;
  readonly nextPublicKey: string;
  readonly previousPrivateKey: string;
  /** JWT_PUBLIC_KEYS_DIR */
  readonly published: string;
}

/** @throws ConfigError if the configuration names no files of a key pair, or they cannot be replaced */
export async function keyFilesOf({ jwt }: Pick<Config, 'jwt'>): Promise<KeyFiles> {
  const [privateKey, publicKey, published] = [jwt.privateKey?.path, jwt.publicKey?.path, jwt.publicKeysDir];
  if (jwt.algorithm === 'HS256')
    throw new ConfigError([
      'keys rotate is for key pairs; docs/operations.md has the steps for a secret of HS256',
    ]);
  if (!privateKey || !publicKey || !published)
    throw new ConfigError([
      'keys rotate needs JWT_PRIVATE_KEY_PATH, JWT_PUBLIC_KEY_PATH and JWT_PUBLIC_KEYS_DIR of the service',
    ]);
  for (const folder of [dirname(privateKey), dirname(publicKey), published])
    await access(folder, constants.W_OK).catch((cause: unknown) => {
      const instead = 'where keys come from a Secret, change the Secret as docs/operations.md says';
      throw new Error(`${folder} cannot be written, so its keys cannot be rotated here: ${instead}`, {
        cause,
      });
    });
  return {
    ...{ privateKey, publicKey, published },
    nextPrivateKey: join(dirname(privateKey), 'next-private.pem'),
    nextPublicKey: join(dirname(publicKey), 'next-public.pem'),
    previousPrivateKey: join(dirname(privateKey), 'previous-private.pem'),
  };
}

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Writes a new file with the owner and the mode of another one, because the service has to be able to read both. */
export async function writeLike(model: string, path: string, text: string): Promise<void> {
  const { gid, mode, uid } = await stat(model);
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode: mode & 0o777, flag: 'wx' });
  // A file that belongs to its writer already needs no permission for that.
  if (process.getuid?.() === 0) await chown(unfinished, uid, gid);
  await rename(unfinished, path);
}

/** The public half of a private key in a file, and the id by which tokens name it (RFC 7638). */
export async function publicHalfOf(path: string): Promise<{ readonly kid: string; readonly pem: string }> {
  const pem = publicPemOf(createPrivateKey(await readFile(path)));
  return { pem, kid: await calculateJwkThumbprint(createPublicKey(pem)) };
}

/** The files of the published folder with this key, whatever their names are. */
export async function findPublished({ published }: KeyFiles, kid: string): Promise<string[]> {
  const names = (await readdir(published)).filter((name) => name.endsWith('.pem') && !name.startsWith('.'));
  const paths = names.map((name) => join(published, name));
  const kids = await Promise.all(
    paths.map(async (path) => {
      try {
        return await calculateJwkThumbprint(createPublicKey(await readFile(path)));
      } catch {
        // Another program may be writing it.
        return null;
      }
    }),
  );
  return paths.filter((_, index) => kids[index] === kid);
}
