import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProcess, tail, waitFor } from '../../../tools/torture/harness/process.ts';

/** A program that tests start, and where it comes from. */
export interface Program {
  /** The name of its executable file, which is searched for in PATH and where Debian installs servers. */
  readonly name: string;
  /** Tells how to install the program. */
  readonly install: string;
  /** Options that print the version. */
  readonly versionOptions: readonly string[];
}

/** What the configuration of a proxy is made from. */
export interface ProxyPlace {
  /** Address and port to listen on, such as `127.0.0.1:41234`. */
  readonly listen: string;
  readonly port: number;
  /** An empty folder for files of this proxy. It is removed when the proxy is stopped. */
  readonly folder: string;
}

/** Makes the whole configuration file of a proxy. */
export type Configure = (place: ProxyPlace) => string;

export interface RunningProxy {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  /** Everything that the proxy has logged. */
  readonly logFile: string;
  /** Ends the proxy and removes its folder. */
  stop(): Promise<void>;
}

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];

export const pathOf = ({ name }: Program): string | undefined =>
  folders.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** The version that the program prints, such as `nginx version: nginx/1.22.1`; undefined if it is not installed. */
export function versionOf(program: Program): string | undefined {
  const path = pathOf(program);
  if (!path) return undefined;
  const { stdout, stderr } = spawnSync(path, program.versionOptions, { encoding: 'utf8' });
  return (stdout + stderr).trim().split('\n')[0];
}

function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/**
 * Starts a proxy on a free port of the loopback address.
 * @param options of the program, made from the path of its configuration file
 * @throws Error if the program is missing, or with the end of its log if it does not start
 */
export async function startProxy(
  program: Program,
  fileName: string,
  options: (file: string, place: ProxyPlace) => readonly string[],
  configure: Configure,
): Promise<RunningProxy> {
  const path = pathOf(program);
  if (!path) throw new Error(`${program.name} is missing: ${program.install}`);
  const folder = mkdtempSync(join(tmpdir(), `auth-${program.name}-`));
  const port = await freePort();
  const file = join(folder, fileName);
  const place = { listen: `127.0.0.1:${port}`, port, folder };
  writeFileSync(file, configure(place));
  const logFile = join(folder, 'output.log');
  const managed = startProcess([path, ...options(file, place)], {
    logFile,
    cwd: folder,
    env: { HOME: folder },
  });
  const stop = async (): Promise<void> => {
    await managed.stop('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  await waitFor(program.name, () => !managed.isRunning() || acceptsConnections(port));
  if (managed.isRunning()) return { url: `http://127.0.0.1:${port}`, logFile, stop };
  const log = tail(logFile);
  await stop();
  throw new Error(`${program.name} did not start:\n${log}`);
}
