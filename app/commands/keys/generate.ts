import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Algorithm, ConfigError } from '../../config/config.ts';
import { generatePair, minRsaBits, type PairAlgorithm } from '../../features/tokens/pem-keys.ts';

/** A larger key takes minutes to generate and a tenth of a second for each signature, without more security. */
const maxRsaBits = 8192;

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

function checkBits(algorithm: Algorithm, bits: number): void {
  const isInRange = Number.isInteger(bits) && bits >= minRsaBits && bits <= maxRsaBits;
  if (algorithm === 'RS256' && !isInRange) {
    throw new ConfigError([`--bits must be a whole number from ${minRsaBits} to ${maxRsaBits}`]);
  }
}

/** Runs before the keys are generated, so that an error leaves no half of a pair behind. */
function checkNoOverwrite(folder: string, algorithm: Algorithm): void {
  const names = algorithm === 'HS256' ? ['jwt-secret'] : ['private.pem', 'public.pem'];
  const existing = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (existing) throw new ConfigError([`${existing} exists already; choose another folder with --out`]);
}

/**
 * Writes a new signing key to files and prints the variables that use it. `bits` applies to RS256 only.
 * @throws ConfigError when a file exists already, or `bits` is out of range
 */
export async function keysCommand(
  options: { readonly algorithm: Algorithm; readonly bits: number; readonly out: string },
  write: (line: string) => void,
): Promise<void> {
  const { algorithm, bits } = options;
  const folder = resolve(options.out);
  checkBits(algorithm, bits);
  checkNoOverwrite(folder, algorithm);
  const files = algorithm === 'HS256' ? generateSecret() : await generateKeyPair(algorithm, bits);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // wx fails if the file exists: two commands at the same time cannot overwrite each other's files either.
  for (const { name, text, mode } of files) await writeFile(join(folder, name), text, { mode, flag: 'wx' });
  write(`JWT_ALGORITHM=${algorithm}`);
  for (const { name, variable } of files) write(`${variable}=${join(folder, name)}`);
}
