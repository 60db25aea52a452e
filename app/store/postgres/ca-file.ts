import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const lastValid = new Map<string, string>();

/** Checks the first certificate. The TLS library reads the others. */
function startsWithCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

/**
 * The CA certificates in the file now, so that the next connection uses a rotated CA. The last valid text stays in use
 * while the file is missing, empty or half written.
 * @throws Error of Node when the file could never be read
 */
export function readCaFile(path: string): string {
  const last = lastValid.get(path);
  try {
    const text = readFileSync(path, 'utf8');
    if (last !== undefined && !startsWithCertificate(text)) return last;
    lastValid.set(path, text);
    return text;
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}
