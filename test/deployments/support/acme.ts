import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '../../support/certificates.ts';
import { until } from '../../support/until.ts';
import type { Machine } from './machine.ts';

/** Pebble, the certificate authority of Let's Encrypt for tests, in the network of a machine. */
export interface CertificateAuthority {
  /** The certificate that clients must trust, as a file on the side of the test. */
  readonly root: string;
  close(): Promise<void>;
}

/** Tells certbot of the machine to use Pebble, which is the one substitution of the commands of a page. */
function configureCertbot({ root }: Machine, { folder, ours }: Certificates): void {
  mkdirSync(join(root, 'etc/letsencrypt'), { recursive: true });
  appendFileSync(join(root, 'etc/letsencrypt/cli.ini'), 'server = https://localhost:14000/dir\n');
  copyFileSync(ours.ca.certFile, join(root, 'usr/local/share/ca-certificates/pebble.crt'));
  const listeners = { listenAddress: '127.0.0.1:14000', managementListenAddress: '127.0.0.1:15000' };
  const files = { certificate: ours.right.certFile, privateKey: ours.right.keyFile };
  const pebble = { ...listeners, ...files, httpPort: 80, tlsPort: 443 };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }));
}

/** Ends a program, and its name server, whatever state it has. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/**
 * Starts Pebble and a name server, whose every name is the machine itself. Certificates and clients of the machine trust Pebble.
 * @param host the name that programs of the machine shall find
 */
export async function startCertificateAuthority(
  machine: Machine,
  certificates: Certificates,
  host: string,
): Promise<CertificateAuthority> {
  configureCertbot(machine, certificates);
  const names = machine.beside('pebble-challtestsrv', [
    ...['-defaultIPv4', machine.address, '-defaultIPv6', ''],
    ...['-dns01', '127.0.0.1:8053', '-management', '127.0.0.1:8055'],
    ...['-http01', '', '-https01', '', '-tlsalpn01', ''],
  ]);
  const pebble = machine.beside(
    'pebble',
    ['-config', join(certificates.folder, 'pebble.json'), '-dnsserver', '127.0.0.1:8053'],
    { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
  );
  for (const child of [names, pebble]) for (const stream of [child.stdout, child.stderr]) stream?.resume();
  await machine.run(`update-ca-certificates; echo '${machine.address} ${host}' >> /etc/hosts`);
  const root = join(certificates.folder, 'pebble-root.pem');
  await until(() =>
    machine
      .run('curl --fail --silent --show-error https://localhost:15000/roots/0')
      .then((text) => writeFileSync(root, text))
      .then(() => true)
      .catch(() => false),
  );
  copyFileSync(root, join(machine.root, 'usr/local/share/ca-certificates/pebble-root.crt'));
  await machine.run('update-ca-certificates');
  return {
    root,
    close: async () => {
      await end(pebble);
      await end(names);
    },
  };
}
