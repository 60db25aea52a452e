import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, runToEnd, startProcess, tail, waitFor } from '../../../tools/torture/harness/process.ts';
import { runOn } from '../../support/servers.ts';
import { install, type PostgresInstallation } from './postgres-installation.ts';
import { unprivileged, unprivilegedFile, unprivilegedFolder } from './unprivileged.ts';

export interface PostgresServer {
  /** The database `postgres`, as a superuser with a password. */
  readonly url: string;
  /** For example `15.18`. */
  readonly version: string;
  readonly logFile: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

const user = 'auth_ci';

/** Debian prints `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`. */
function versionOf(bin: string): string {
  const text = execFileSync(`${bin}/postgres`, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim();
}

function listenOptions(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = { listen_addresses: '127.0.0.1', max_connections: '200', fsync: 'off', ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-p', String(port), '-k', '', ...options];
}

/**
 * Starts a cluster on a free port of the loopback interface. Every user logs in with SCRAM. The cluster is not durable.
 * @param settings of the server, for example `{ max_connections: '50' }`
 * @throws Error with the end of the server's log if it does not start
 */
export async function startPostgres(
  installation: PostgresInstallation,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const folder = unprivilegedFolder('auth-test-pg-');
  const [data, logFile] = [join(folder, 'data'), join(folder, 'log')];
  const bin = install(installation, folder);
  const password = randomBytes(12).toString('hex');
  const passwordFile = unprivilegedFile(join(folder, 'password'), password);
  const init = ['-U', user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-sync'];
  await runToEnd(unprivileged(`${bin}/initdb`, '-D', data, ...init), { logFile, cwd: '/' });
  const port = await freePort();
  const command = unprivileged(`${bin}/postgres`, '-D', data, ...listenOptions(port, settings));
  const server = startProcess(command, { logFile, cwd: '/' });
  const stop = async (): Promise<void> => {
    // An immediate shutdown: nobody needs the data.
    await server.stop('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
  const answers = () =>
    runOn(url, 'select 1').then(
      () => true,
      () => !server.isRunning(),
    );
  await waitFor('Postgres', answers);
  if (server.isRunning()) return { url, version: versionOf(bin), logFile, stop };
  const log = tail(logFile);
  await stop();
  throw new Error(`Postgres did not start:\n${log}`);
}
