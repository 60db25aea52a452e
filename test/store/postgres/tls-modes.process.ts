import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Certificates, createCertificates } from '../../support/certificates.ts';
import { needs, toolPath } from '../../support/debian-tool.ts';
import type { TriedMode } from './try-tls-modes.ts';

/** The rows of docs/security.md, without the last column of the modes, which is for people. */
function documentedModes(): Omit<TriedMode, 'leaks'>[] {
  const [, section = ''] = readFileSync('docs/security.md', 'utf8').split('## TLS to Postgres and Redis\n');
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) => {
    const [, mode = '', encrypted = '', chain = '', hostName = '', requests = '', trust = ''] = row
      .split('|')
      .map((cell) => cell.trim());
    return { mode, encrypted, chain, hostName, requests, trust };
  });
}

(toolPath('openssl') ? describe : describe.skip)(needs('openssl', 'The modes of TLS to Postgres'), () => {
  let certificates: Certificates;
  let tried: TriedMode[];
  before(async function () {
    this.timeout(60_000);
    certificates = createCertificates();
    const command = ['--import=tsx', 'test/store/postgres/try-tls-modes.ts', certificates.folder];
    const { PATH } = process.env;
    const env = { PATH, NODE_EXTRA_CA_CERTS: certificates.ours.ca.certFile };
    const running = promisify(execFile)(process.execPath, command, { env });
    running.child.stdin?.end(JSON.stringify(documentedModes().map(({ mode }) => mode)));
    tried = JSON.parse((await running).stdout);
  });
  after(() => certificates.remove());

  it('verify the server, and answer its password requests, as docs/security.md says', () => {
    expect(documentedModes()).to.have.length.above(10);
    expect(tried.map(({ leaks, ...row }) => row)).to.deep.equal(documentedModes());
  });

  it('give neither the password nor a query to a server that does not know the password', () => {
    expect(tried.filter(({ leaks }) => leaks.length > 0)).to.deep.equal([]);
  });
});
