import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its private key, in files and as text. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export type Certificates = ReturnType<typeof createCertificates>;

/** `right` is for localhost and 127.0.0.1, `wrongHost` is for other names. */
interface Authority {
  readonly ca: Certificate;
  readonly right: Certificate;
  readonly wrongHost: Certificate;
}

const here = 'DNS:localhost,IP:127.0.0.1';

/**
 * Creates keys and certificates with openssl, because Node cannot sign any: two CAs, a certificate of each for this
 * machine and one for another, and a self-signed one.
 */
export function createCertificates() {
  const folder = mkdtempSync(join(tmpdir(), 'auth-tls-'));

  function create(name: string, options: readonly string[]): Certificate {
    const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
    execFileSync(
      'openssl',
      ['req', '-x509', ...key, '-out', certFile, '-days', '2', '-subj', `/CN=${name}`, ...options],
      { stdio: 'pipe' },
    );
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }

  const leaf = (hosts: string): readonly string[] => [
    ...['-addext', `subjectAltName=${hosts}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
  ];

  function createAuthority(name: string): Authority {
    const ca = create(name, []);
    const issue = (leafName: string, hosts: string): Certificate =>
      create(`${name}-${leafName}`, ['-CA', ca.certFile, '-CAkey', ca.keyFile, ...leaf(hosts)]);
    return {
      ca,
      right: issue('right', here),
      wrongHost: issue('wrong-host', 'DNS:db.example.com,IP:192.0.2.1'),
    };
  }

  return {
    folder,
    ours: createAuthority('our-ca'),
    other: createAuthority('other-ca'),
    selfSigned: create('self-signed', leaf(here)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
