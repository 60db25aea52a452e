import { type KeyObject, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../../config/config.ts';
import { generatePair, type PairAlgorithm, parsePrivateKey, publicPemOf } from '../pem-keys.ts';

/** Readers see the old file or the whole new one, because rename is atomic within a folder. */
async function writeAtomically(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode, flag: 'wx', flush: true });
  await rename(draft, path);
}

async function readIfExists(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // reason: fs rejects with an ErrnoException.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConfigError([`DATA_DIR contains ${path}, which cannot be read`]);
  }
}

function parseGenerated(pem: string, algorithm: PairAlgorithm): KeyObject {
  try {
    return parsePrivateKey(pem, algorithm, 'DATA_DIR');
  } catch {
    throw new ConfigError([
      `DATA_DIR contains a jwt-private.pem that does not fit JWT_ALGORITHM ${algorithm}; delete it and restart to generate a new one`,
    ]);
  }
}

/**
 * The key pair for development, generated once and then reused. The private file is the source and the public file
 * only an output, so a crash between the two writes leaves nothing inconsistent.
 * @returns the path of the private key, and the time in milliseconds at which it was written
 * @throws ConfigError if the files in DATA_DIR are unusable
 */
export async function openGeneratedPair(
  dataDir: string,
  algorithm: PairAlgorithm,
): Promise<{ path: string; since: number }> {
  const path = join(dataDir, 'jwt-private.pem');
  const publicPath = join(dataDir, 'jwt-public.pem');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  let pem = await readIfExists(path);
  if (pem === null) {
    pem = (await generatePair(algorithm)).privatePem;
    await writeAtomically(path, pem, 0o600);
  }
  const publicPem = publicPemOf(parseGenerated(pem, algorithm));
  if ((await readIfExists(publicPath)) !== publicPem) await writeAtomically(publicPath, publicPem, 0o644);
  return { path, since: (await stat(path)).mtimeMs };
}
