import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, isStrongSecret } from '../../config/config.ts';

const macLabel = 'auth-service backup manifest';

/** The secret in a key file. Anyone who has it can read the backups that were made with it, and can make others. */
export interface KeyFile {
  /** The passphrase of the age file: the text itself, so that the program `age` can decrypt a backup as well. */
  readonly passphrase: string;
  /** HMAC-SHA-256 (RFC 2104) under a key that is derived from the secret with HKDF (RFC 5869), in base64url. */
  mac(text: string): string;
  hasValidMac(text: string, mac: string): boolean;
}

/** @throws ConfigError when the file cannot be read, or its secret could be guessed */
export function readKeyFile(path: string): KeyFile {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new ConfigError([`--key-file names a file that cannot be read${reason}`]);
  }
  if (/[\r\n]/.test(secret) || !isStrongSecret(secret)) {
    const wayOut = 'write one with: openssl rand -base64 48';
    throw new ConfigError([`--key-file must contain one line with a long random secret; ${wayOut}`]);
  }
  const key = Buffer.from(hkdfSync('sha256', secret, '', macLabel, 32));
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    passphrase: secret,
    mac,
    hasValidMac(text, given) {
      const [expected, actual] = [Buffer.from(mac(text)), Buffer.from(given)];
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    },
  };
}

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
