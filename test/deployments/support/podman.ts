import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../support/until.ts';
import { askPodman, runHealthChecks } from './health-checks.ts';
import { createPodmanStore, type PodmanStore } from './podman-store.ts';
import { need } from './tools.ts';

const run = promisify(execFile);

/** Milliseconds of a command in the containers. */
const commandTimeout = 180_000;

export interface ShellOptions {
  /** The working folder. Default: the root of the project. */
  readonly cwd?: string;
  /** Further variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. Default: three minutes. */
  readonly timeout?: number;
}

/**
 * Podman behind the API of Docker, in a network namespace of its own: the ports of the host are free there, and no
 * firewall rule or bridge is left on the machine. Images stay for the next suite of the same run.
 */
export interface Podman {
  readonly store: PodmanStore;
  /**
   * Runs a script of bash in the network namespace, where the containers publish their ports. `docker` and `docker
   * compose` in it talk to this podman.
   * @returns what the script wrote to its standard output
   * @throws Error with everything that the script printed, if it fails
   */
  shell(script: string, options?: ShellOptions): Promise<string>;
  /** Starts a script like `shell`, and leaves it running. The caller ends it. */
  start(script: string, options?: ShellOptions): ChildProcess;
  /** Runs `docker compose` in a folder. */
  compose(folder: string, ...args: string[]): Promise<string>;
  /** Containers, volumes and networks, as `kind name`. The network `podman` always exists and is not listed. */
  leftovers(): Promise<string[]>;
  /** Removes containers, volumes and networks, and ends the service. */
  close(): Promise<void>;
}

const programs: readonly (readonly [string, string])[] = [
  ['podman', 'the Debian package podman'],
  ['buildah', 'the Debian package buildah'],
  ['runc', 'the Debian package runc'],
  ['mmdebstrap', 'the Debian package mmdebstrap'],
  ['/usr/lib/podman/netavark', 'the Debian package netavark'],
  ['/usr/lib/podman/aardvark-dns', 'the Debian package aardvark-dns'],
  ['iptables', 'the Debian package iptables'],
  ['nsenter', 'the Debian package util-linux'],
  ['ip', 'the Debian package iproute2'],
  ['docker', 'the Debian package docker.io'],
];

function skip(context: Mocha.Context, reason: string): never {
  process.stdout.write(`skipped, because ${reason}\n`);
  return context.skip();
}

/** Skips the suite, with the reason, where containers cannot run. */
function needContainers(context: Mocha.Context): void {
  for (const [program, from] of programs) need(context, program, from);
  if (process.getuid?.() !== 0) skip(context, 'containers in a network namespace need root');
  if (spawnSync('docker', ['compose', 'version']).status !== 0)
    skip(context, 'docker compose is missing: test/deployments/support/install-tools.sh installs it');
  const namespace = spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'b0', 'type', 'bridge']);
  if (namespace.status !== 0) skip(context, `no bridge in a network namespace: ${namespace.stderr}`);
}

async function startService(store: PodmanStore, socket: string): Promise<ChildProcess> {
  // The namespace exists as long as a process in it, so that nothing is left of it even after a crash.
  // Podman keeps the addresses and the name server of its networks in one folder of the machine. Two suites that run at the
  // same time must not share it, so it is another folder in this mount namespace.
  const networks = '/run/containers/networks';
  const script = `ip link set lo up && mkdir -p ${networks} && mount -t tmpfs tmpfs ${networks} &&
    exec podman system service --time=0 "unix://$0"`;
  const service = spawn('unshare', ['--net', '--mount', 'bash', '-c', script, socket], {
    env: store.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(async () => {
    if (service.exitCode !== null) throw new Error(`podman ended with ${service.exitCode}`);
    return askPodman(socket, '/_ping').then(
      () => true,
      () => false,
    );
  });
  return service;
}

/**
 * Opens podman for one suite. Call it in a hook `before` with a timeout of some minutes, and `close` in `after`.
 * Where containers cannot run, the suite is skipped by name, and the reason is printed.
 */
export async function openPodman(context: Mocha.Context): Promise<Podman> {
  needContainers(context);
  const store = createPodmanStore();
  const socket = join(store.folder, `${crypto.randomUUID().slice(0, 8)}.sock`);
  const service = await startService(store, socket);
  const namespace = service.pid ?? 0;
  store.addNamespace(namespace);
  const stopHealthChecks = runHealthChecks(socket);
  const env = {
    ...store.env,
    DOCKER_HOST: `unix://${socket}`,
    // Podman has the API of Docker's first builder, not BuildKit.
    DOCKER_BUILDKIT: '0',
    COMPOSE_ANSI: 'never',
    COMPOSE_PROGRESS: 'plain',
  };
  const inside = (script: string, folder = process.cwd()): [string, string[]] => [
    'nsenter',
    // Bash would otherwise read its start-up file, because its input is a socket. The mount namespace has no working folder.
    [
      ...['--net', '--mount', '--target', `${namespace}`, 'bash', '--norc', '-euo', 'pipefail', '-c'],
      ...[`cd "$0"\n${script}`, folder],
    ],
  ];
  const shell: Podman['shell'] = async (script, options = {}) => {
    const { stdout } = await run(...inside(script, options.cwd), {
      env: { ...env, ...options.env },
      timeout: options.timeout ?? commandTimeout,
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${script}\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
    });
    return stdout;
  };
  return {
    store,
    shell,
    start(script, options = {}) {
      const child = spawn(...inside(script, options.cwd), {
        env: { ...env, ...options.env },
        stdio: 'pipe',
      });
      process.once('exit', () => child.kill());
      return child;
    },
    compose: (folder, ...args) =>
      shell(`docker compose ${args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ')}`, {
        cwd: folder,
      }),
    leftovers: () => store.leftovers(),
    async close() {
      stopHealthChecks();
      store.removeContainers(namespace);
      service.kill();
      if (service.exitCode === null) await once(service, 'exit');
    },
  };
}
