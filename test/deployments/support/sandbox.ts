import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceContainer } from '../../../charts-ts/workload/service-container.ts';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';
import { type ManagedProcess, startProcess, tail } from '../../../tools/torture/harness/process.ts';
import { compiledApp } from '../../support/compiled-app.ts';
import { need } from './tools.ts';

/** The user of the image. */
const user = '10001';

const privileges = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'];
const noCapabilities = ['--bounding-set=-all', '--inh-caps=-all'];

export interface SandboxOptions {
  /** The address of the front end of the platform, which is on the side of the test. */
  readonly front: string;
  /** The address of the container. */
  readonly container: string;
  /** A name under which the container finds the test, for stores with certificates. */
  readonly storeName: string;
  readonly cleanup: Cleanup;
}

/** What the platform gives a process beside the environment of the file. */
export interface PlatformPart {
  /** The arguments after the entry point of the image. */
  readonly args?: readonly string[];
  /** The whole command, where the platform replaces the entry point. */
  readonly command?: readonly string[];
  /** The texts of the secrets, by variable, and the variables that the platform sets. */
  readonly env: Readonly<Record<string, string>>;
  /** The texts of mounted secrets, by path. Every other mounted file has the text of the container. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * A place in which a process of the service runs as in the container of a platform: an own network with one neighbour, the
 * user 10001 without any capability, and a read-only file system.
 */
export interface Sandbox {
  /** Makes a port of this machine reachable for the container. @returns the port on the address of the front end */
  offer(port: number): Promise<number>;
  /** Starts the process of the file. Nothing but its environment and `part` reaches the process. */
  start(container: ServiceContainer, part: PlatformPart): ManagedProcess;
  /** Runs the process of the file to its end. @returns its output. @throws Error with the end of its log */
  run(container: ServiceContainer, part: PlatformPart): Promise<string>;
  /** Runs a program beside the container, in its network, as a sidecar runs. @returns its output */
  beside(program: string, ...args: string[]): string;
}

/** Skips the suite by name where this machine cannot make a sandbox. */
export function needSandbox(context: Mocha.Context): void {
  need(context, 'ip', 'the Debian package iproute2');
  need(context, 'unshare', 'the Debian package util-linux');
  need(context, 'setpriv', 'the Debian package util-linux');
  try {
    execFileSync('unshare', ['--mount', '--net', 'true'], { stdio: 'pipe' });
  } catch {
    process.stdout.write('skipped, because this user cannot create namespaces, which needs root\n');
    context.skip();
  }
}

/**
 * The folder of the image, with the compiled service in it, its program in /usr/local/bin, the mounted files below /etc, and
 * a file system on which nobody can write.
 */
const script = `set -e
etc=$1 app=$2 modules=$3
shift 3
mount -t overlay -o "lowerdir=$etc:/etc" overlay /etc
mount -t tmpfs -o mode=755 tmpfs /srv
mkdir -p /srv/auth/dist /srv/auth/migrations /srv/auth/node_modules
cp "$app/package.json" /srv/auth
mount --bind "$app/dist" /srv/auth/dist
mount --bind "$app/migrations" /srv/auth/migrations
mount --bind "$modules" /srv/auth/node_modules
mkdir /srv/bin
cp "$app/dist/auth-service" /srv/bin
mount -t overlay -o lowerdir=/srv/bin:/usr/local/bin overlay /usr/local/bin
mount -o remount,ro /srv
mount -o remount,bind,ro /
cd /srv/auth
exec "$@"`;

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** ENTRYPOINT of the Dockerfile. */
function entryPoint(): string[] {
  const [, json = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
  return JSON.parse(json);
}

function createNetwork({ cleanup, container, front }: SandboxOptions): string {
  const name = `auth-box-${process.pid}`;
  const [ours, theirs] = [`bx${process.pid}a`.slice(-15), `bx${process.pid}b`.slice(-15)];
  const ip = (...args: string[]) => execFileSync('ip', args);
  ip('netns', 'add', name);
  cleanup.add(() => void ip('netns', 'delete', name));
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', name);
  ip('address', 'add', front, 'peer', container, 'dev', ours);
  ip('link', 'set', ours, 'up');
  ip('-n', name, 'address', 'add', container, 'peer', front, 'dev', theirs);
  ip('-n', name, 'link', 'set', theirs, 'up');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return name;
}

/** Passes connections on to a port of the loopback interface. */
function forward(address: string, port: number, cleanup: Cleanup): Promise<Server> {
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  cleanup.add(() => void server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => resolve(server));
  });
}

/** Writes the mounted files of a container into a folder that is laid over /etc. */
function writeMounts(
  etc: string,
  { mounts }: ServiceContainer,
  files: Readonly<Record<string, string>>,
): void {
  for (const [path, text] of mounts) {
    const [, below] = /^\/etc\/(.+)$/.exec(path) ?? [];
    const content = files[path] ?? text;
    if (!below || content === null) throw new Error(`${path} is not below /etc, or has no text`);
    mkdirSync(dirname(join(etc, below)), { recursive: true });
    writeFileSync(join(etc, below), content);
  }
}

export function createSandbox(options: SandboxOptions): Sandbox {
  const { cleanup, front, storeName } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  // The user of the image reads the files in it.
  chmodSync(folder, 0o755);
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const network = createNetwork(options);
  let count = 0;

  function start(container: ServiceContainer, part: PlatformPart): ManagedProcess {
    count += 1;
    const etc = join(folder, `etc-${count}`);
    mkdirSync(etc);
    writeFileSync(join(etc, 'hosts'), `127.0.0.1 localhost\n${front} ${storeName}\n`);
    writeMounts(etc, container, part.files ?? {});
    const inNetwork = ['netns', 'exec', network, 'unshare', '--mount', '--propagation', 'private'];
    const inRoot = ['sh', '-c', script, 'sh', etc, compiledApp(), modules];
    const asUser = ['setpriv', ...privileges, ...noCapabilities, '--'];
    const command = part.command ?? [...entryPoint(), ...(part.args ?? [])];
    const managed = startProcess(['ip', ...inNetwork, ...inRoot, ...asUser, ...command], {
      logFile: join(folder, `${count}.log`),
      env: { ...container.env, ...part.env },
    });
    cleanup.add(() => void managed.stop('SIGKILL'));
    return managed;
  }

  return {
    start,
    async offer(port) {
      const address = (await forward(front, port, cleanup)).address();
      // reason: a server that listens on a TCP port has an AddressInfo.
      return (address as { port: number }).port;
    },
    async run(container, part) {
      const managed = start(container, part);
      const status = await managed.ended;
      if (status !== 0) throw new Error(`${container.name} ended with ${status}:\n${tail(managed.logFile)}`);
      return readFileSync(managed.logFile, 'utf8');
    },
    beside: (program, ...args) =>
      execFileSync('ip', ['netns', 'exec', network, program, ...args], { encoding: 'utf8', stdio: 'pipe' }),
  };
}
