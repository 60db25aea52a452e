import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const lastValid = new Map<string, string>();

/**
 * The CA certificates in the file now, so that the next connection uses a rotated CA. The last valid text stays in use
 * while the file is missing, empty or half written.
 * @throws Error of Node when the file could never be read, or never contained a certificate
 */
export function readCaFile(path: string): string {
  const last = lastValid.get(path);
  try {
    const text = readFileSync(path, 'utf8');
    // The constructor throws unless the text begins with a certificate. The TLS library reads the others.
    new X509Certificate(text);
    lastValid.set(path, text);
    return text;
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}

/** Codes of X.509 errors (Node.js documentation, "X509 certificate error codes"), and that of a wrong host name. */
const certificateErrors =
  /^(CERT_\w+|CRL_\w+|UNABLE_TO_\w+|ERROR_IN_\w+|\w*SELF_SIGNED_CERT\w*|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|UNSPECIFIED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** Whether a TLS connection failed because the certificate of the server is not trusted. */
export function isCertificateError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && certificateErrors.test(String(error.code));
}
