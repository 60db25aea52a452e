import { readFileSync } from 'node:fs';
import { ConfigError } from '../../config/config.ts';
import { keyIds } from '../../config/format.ts';

/** The identities in a file of age-keygen: its lines but comments. @throws ConfigError */
export function readAgeIdentities(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new ConfigError([`--age-identity names a file that cannot be read${reason}`]);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const isIdentity = (line: string): boolean => /^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line);
  if (identities.length > 0 && identities.every(isIdentity)) return identities;
  throw new ConfigError(['--age-identity must name a file of age-keygen, with lines AGE-SECRET-KEY-1…']);
}

/** @throws ConfigError for a number that is not whole or too small */
export function readCount(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(value)) return Number(value);
  throw new ConfigError([`${option} must be a whole number from 1 to 99999`]);
}

/** @throws ConfigError for a text that is no id of a signing key */
export function readKeyIds(kids: readonly string[]): readonly string[] {
  const wrong = kids.find((kid) => keyIds.safeParse(kid).data?.[0] !== kid);
  if (wrong === undefined) return kids;
  throw new ConfigError([`--also-revoke ${wrong} is not a key id (kid)`]);
}
