import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  /** The certificate and, unless it is left out, the intermediate one. */
  readonly chainFile: string;
  readonly keyFile: string;
}

/** `261127000000Z`, the form of times in `openssl ca`. */
const timeOf = (date: Date): string => `${date.toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`;

const day = 86_400_000;

const configuration = (folder: string): string => `
[ca]
default_ca = own
[own]
new_certs_dir = ${folder}
database = ${folder}/index.txt
serial = ${folder}/serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** A root authority with an intermediate one, as public authorities have, made by openssl. */
export function createIssuer(folder: string) {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('ca.cnf'), configuration(folder));
  writeFileSync(file('index.txt'), '');
  writeFileSync(file('serial'), '01\n');
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = (name: string): string[] => [
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file(`${name}.key`)],
  ];
  openssl('req', '-x509', ...newKey('root'), '-out', file('root.pem'), '-days', '90', '-subj', '/CN=Root');

  /** @param from and `to` days from now */
  function sign(name: string, by: string, extensions: string, [from, to]: readonly [number, number]): void {
    openssl('req', ...newKey(name), '-out', file(`${name}.csr`), '-subj', `/CN=${name}`);
    writeFileSync(file(`${name}.ext`), extensions);
    const now = Date.now();
    openssl(
      ...['ca', '-batch', '-notext', '-config', file('ca.cnf'), '-in', file(`${name}.csr`)],
      ...['-out', file(`${name}.pem`), '-cert', file(`${by}.pem`), '-keyfile', file(`${by}.key`)],
      ...['-extfile', file(`${name}.ext`), '-startdate', timeOf(new Date(now + from * day))],
      ...['-enddate', timeOf(new Date(now + to * day))],
    );
  }
  sign('intermediate', 'root', 'basicConstraints=critical,CA:TRUE\n', [-60, 80]);

  return {
    rootFile: file('root.pem'),
    issue(
      name: string,
      host: string,
      { days = [-30, 60], isWhole = true }: { days?: readonly [number, number]; isWhole?: boolean } = {},
    ): Issued {
      const extensions = `basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:${host}\n`;
      sign(name, 'intermediate', extensions, days);
      const parts = isWhole ? [`${name}.pem`, 'intermediate.pem'] : [`${name}.pem`];
      const chainFile = file(`${name}-chain.pem`);
      writeFileSync(chainFile, parts.map((part) => readFileSync(file(part), 'utf8')).join(''));
      return { chainFile, keyFile: file(`${name}.key`) };
    },
  };
}
