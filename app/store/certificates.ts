import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const lastValid = new Map<string, string>();

/**
 * The CA certificates in the file now, so that the next connection uses a rotated CA. The last valid text stays in use
 * while the file is missing, empty or half written.
 * @throws Error of Node when the file could never be read
 */
export function readCaFile(path: string): string {
  const last = lastValid.get(path);
  try {
    const text = readFileSync(path, 'utf8');
    // The constructor throws unless the text begins with a certificate. The TLS library reads the others.
    if (last !== undefined) new X509Certificate(text);
    lastValid.set(path, text);
    return text;
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}
