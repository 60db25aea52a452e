import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate, Certificates } from '../../support/certificates.ts';

/** A certificate that was valid in another year. */
export function expiredCertificate({ folder, ours }: Certificates): Certificate {
  const [certFile, keyFile] = [join(folder, 'expired.pem'), join(folder, 'expired.key')];
  const name = ['-subj', '/CN=expired', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const issuer = ['-CA', ours.ca.certFile, '-CAkey', ours.ca.keyFile, '-out', certFile, '-days', '2'];
  execFileSync('faketime', ['2020-01-01', 'openssl', 'req', '-x509', ...key, ...issuer, ...name], {
    stdio: 'pipe',
  });
  const read = (file: string): string => readFileSync(file, 'utf8');
  return { certFile, keyFile, cert: read(certFile), key: read(keyFile) };
}
