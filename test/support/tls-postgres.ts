import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, runToEnd, startProcess, waitFor } from '../../tools/torture/harness/process.ts';
import {
  unprivileged,
  unprivilegedFile,
  unprivilegedFolder,
} from '../infrastructure/servers/unprivileged.ts';
import type { Certificate } from './certificates.ts';
import { runOn } from './servers.ts';

const root = '/usr/lib/postgresql';

/** The programs of the newest Postgres of Debian, or undefined. */
export const postgresBin = (existsSync(root) ? readdirSync(root) : [])
  .sort((one, other) => Number(other) - Number(one))
  .map((version) => join(root, version, 'bin'))
  .find((bin) => existsSync(join(bin, 'initdb')));

/** The users of the cluster, and how each must log in. The administrator is trusted. */
export const users = { scram: 'scram-sha-256', password: 'password', md5: 'md5', trust: 'trust' } as const;

/** Starts a private cluster with TLS on a free port of the loopback interface, without durability. */
export async function startTlsPostgres(certificate: Certificate, password: string) {
  if (!postgresBin) throw new Error('Postgres is not installed');
  const folder = unprivilegedFolder('auth-tls-pg-');
  const [data, logFile] = [join(folder, 'data'), join(folder, 'log')];
  const write = (name: string, text: string): string => unprivilegedFile(join(folder, name), text);
  const cert = write('server.pem', certificate.cert);
  const key = write('server.key', certificate.key);
  const lines = Object.entries(users).map(([user, method]) => `host all ${user} all ${method}`);
  const hba = write('pg_hba.conf', ['host all postgres all trust', ...lines].join('\n'));
  const init = ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync', '--no-instructions'];
  await runToEnd(unprivileged(`${postgresBin}/initdb`, ...init), { logFile, cwd: '/' });
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    ssl: 'on',
    ssl_cert_file: cert,
    ssl_key_file: key,
    hba_file: hba,
    fsync: 'off',
    shared_buffers: '16MB',
    autovacuum: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = unprivileged(
    `${postgresBin}/postgres`,
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    '',
    ...options,
  );
  const server = startProcess(command, { logFile, cwd: '/' });
  const admin = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await waitFor('Postgres', () =>
    runOn(admin, 'select 1').then(
      () => true,
      () => false,
    ),
  );
  const quoted = password.replaceAll("'", "''");
  await runOn(
    admin,
    Object.keys(users)
      .map((user) => {
        const encryption = user === 'md5' ? 'md5' : 'scram-sha-256';
        return `set password_encryption = '${encryption}'; create role ${user} login password '${quoted}';`;
      })
      .join(' '),
  );
  return {
    port,
    async close(): Promise<void> {
      await server.stop('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
