import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Algorithm } from '../../config/config.ts';
import { generatePair, type PairAlgorithm } from '../../features/tokens/pem-keys.ts';

async function generateKeyPair(algorithm: PairAlgorithm, bits: number) {
  const { privatePem, publicPem } = await generatePair(algorithm, bits);
  return [
    { name: 'private.pem', text: privatePem, mode: 0o600, variable: 'JWT_PRIVATE_KEY_PATH' },
    { name: 'public.pem', text: publicPem, mode: 0o644, variable: 'JWT_PUBLIC_KEY_PATH' },
  ];
}

function generateSecret() {
  const text = `${randomBytes(64).toString('base64')}\n`;
  return [{ name: 'jwt-secret', text, mode: 0o600, variable: 'JWT_SECRET_KEY_FILE' }];
}

/** Runs before the keys are generated, so that an error leaves no half of a pair behind. */
function checkNoOverwrite(folder: string, algorithm: Algorithm): void {
  const names = algorithm === 'HS256' ? ['jwt-secret'] : ['private.pem', 'public.pem'];
  const existing = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (existing) throw new Error(`${existing} exists already: choose another folder with --out`);
}

/**
 * Writes a new signing key to files. `bits` applies to RS256 only.
 * @returns the variables that use the key
 * @throws Error when a file exists already
 */
export async function generateKeys(options: {
  readonly algorithm: Algorithm;
  readonly bits: number;
  readonly out: string;
}): Promise<Record<string, string>> {
  const { algorithm, bits } = options;
  const folder = resolve(options.out);
  checkNoOverwrite(folder, algorithm);
  const files = algorithm === 'HS256' ? generateSecret() : await generateKeyPair(algorithm, bits);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // wx fails if the file exists: two commands at the same time cannot overwrite each other's files either.
  for (const { name, text, mode } of files) await writeFile(join(folder, name), text, { mode, flag: 'wx' });
  const paths = files.map(({ name, variable }) => [variable, join(folder, name)]);
  return { JWT_ALGORITHM: algorithm, ...Object.fromEntries(paths) };
}
