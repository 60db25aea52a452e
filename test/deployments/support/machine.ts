import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';
import { need } from './tools.ts';

/** A Debian with its own systemd, processes and network, in a folder. It reaches the internet through a program of the user. */
export interface Machine {
  /** The root of its file system, on the side of the test. */
  readonly root: string;
  /** The address of its interface. */
  readonly address: string;
  /**
   * Runs a script of bash as root, in a shell of its own.
   * @returns what it has printed, both streams
   * @throws Error with all of it, if the script fails
   */
  run(script: string, input?: string): Promise<string>;
  /** Starts a program of this machine in the network of the other, with the files of this one. The caller ends it. */
  beside(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  close(): Promise<void>;
}

const suite = 'trixie';
const packages = 'systemd-sysv,dbus,ca-certificates,iproute2,procps';

const programs: readonly (readonly [string, string])[] = [
  ['mmdebstrap', 'the Debian package mmdebstrap'],
  ['slirp4netns', 'the Debian package slirp4netns'],
  ['nsenter', 'the Debian package util-linux'],
  ['unshare', 'the Debian package util-linux'],
  ['ip', 'the Debian package iproute2'],
];

/** Skips the suite by name where this machine cannot start another one. */
function needMachine(context: Mocha.Context): void {
  for (const [program, from] of programs) need(context, program, from);
  if (process.getuid?.() === 0 && existsSync('/dev/net/tun')) return;
  process.stdout.write('skipped, because a machine in namespaces needs root and /dev/net/tun\n');
  context.skip();
}

/** A new Debian. Its archive stays in the temporary folder of this machine for the next run. */
function unpackDebian(root: string): void {
  const archive = join(tmpdir(), `auth-machine-${suite}-1.tar`);
  if (!existsSync(archive)) {
    const options = ['--quiet', '--variant=minbase', `--include=${packages}`];
    execFileSync('mmdebstrap', [...options, suite, `${archive}.new.tar`], { stdio: 'pipe' });
    renameSync(`${archive}.new.tar`, archive);
  }
  execFileSync('tar', ['--extract', '--file', archive, '--directory', root]);
  copyFileSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
}

/** Namespaces in which systemd is process 1. All its processes end with the first one. */
async function boot(root: string): Promise<{ unshare: ChildProcess; pid: number }> {
  const script = fileURLToPath(new URL('boot-machine.sh', import.meta.url));
  const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup', '--fork', '--kill-child'];
  const unshare = spawn('unshare', [...namespaces, '--propagation', 'private', 'bash', script, root], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [unshare.stdout, unshare.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  let pid = 0;
  await until(() => {
    if (unshare.exitCode !== null) throw new Error(`the machine ended with ${unshare.exitCode}:\n${output}`);
    const children = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
    pid = Number(children.split(' ')[0]);
    return pid > 0 && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'systemd\n';
  });
  return { unshare, pid };
}

async function capture(child: ChildProcess, what: string): Promise<string> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${what}\nended with ${status}:\n${output}`);
  return output;
}

/** Starts a machine. Call it in a hook `before` with a timeout of some minutes, and `close` in `after`. */
export async function openMachine(context: Mocha.Context): Promise<Machine> {
  needMachine(context);
  const root = mkdtempSync(join(tmpdir(), 'auth-machine-'));
  unpackDebian(root);
  const { pid, unshare } = await boot(root);
  const network = spawn(
    'slirp4netns',
    ['--configure', '--mtu=65520', '--disable-host-loopback', `${pid}`, 'tap0'],
    { stdio: 'ignore' },
  );
  const all = ['--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup'];
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  const machine: Machine = {
    root,
    address: '10.0.2.100',
    run(script, input = '') {
      const child = spawn(
        'nsenter',
        ['--target', `${pid}`, ...all, 'bash', '-euo', 'pipefail', '-c', `cd /root\n${script}`],
        { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'pipe' },
      );
      // A script that reads nothing may end first.
      child.stdin?.on('error', () => undefined).end(input);
      return capture(child, script);
    },
    beside: (program, args, variables = {}) =>
      spawn('nsenter', ['--target', `${pid}`, '--net', program, ...args], {
        env: { ...process.env, ...variables },
        stdio: 'pipe',
      }),
    async close() {
      for (const child of [network, unshare]) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
  // The machine is up when its manager has started everything, also if something of it has failed.
  await machine.run(
    'systemctl is-system-running --wait || true; until ip address show dev tap0 | grep -q inet; do sleep 0.1; done',
  );
  return machine;
}
