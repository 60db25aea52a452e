import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Images, containers and configuration of podman in one temporary folder. The store of the machine is not touched. */
export interface PodmanStore {
  readonly folder: string;
  /** The environment in which `podman` uses this folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Notes that a process keeps a network namespace with containers. */
  addNamespace(pid: number): void;
  /** Runs podman outside the network namespace, where registries of packages can be reached, and returns its output. */
  podman(...args: string[]): string;
  leftovers(): Promise<string[]>;
  /** Removes containers, volumes and networks, in the network namespace of this process id. */
  removeContainers(namespace: number): void;
}

// Debian 12 has cgroups of both versions, where crun fails. The default limits of podman exceed those of some machines.
const containersConf = (folder: string): string => `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_env_vars = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DISABLE_HC_SYSTEMD=true"]
volume_path = "${folder}/volumes"
tmp_dir = "${folder}/tmp"
static_dir = "${folder}/static"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
`;

const storageConf = (folder: string): string => `[storage]
driver = "overlay"
graphroot = "${folder}/images"
runroot = "${folder}/run"
`;

/** A folder that keeps the images for the next run, for those who work on these tests. CI does not set it. */
const { PODMAN_FOLDER } = process.env;

let store: PodmanStore | undefined;

/** Ends what still runs on the folder: the monitors of finished health checks wait for minutes. */
function endMonitors(folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (program?.endsWith('/conmon') && args.some((arg) => arg.startsWith(`${folder}/`)))
        process.kill(Number(pid));
    } catch {
      // The process has ended meanwhile.
    }
  }
}

/** Network namespaces with containers, by the process that keeps each. */
const namespaces = new Set<number>();

/** Ends with the process, whatever happens in it. */
function removeFolder({ folder, removeContainers }: PodmanStore): void {
  for (const namespace of namespaces) {
    removeContainers(namespace);
    process.kill(namespace);
  }
  endMonitors(folder);
  if (PODMAN_FOLDER) return;
  const mounts = execFileSync('findmnt', ['--noheadings', '--raw', '--output', 'TARGET'], {
    encoding: 'utf8',
  });
  const below = mounts.split('\n').filter((target) => target.startsWith(`${folder}/`));
  for (const target of below.reverse()) spawnSync('umount', ['--lazy', target]);
  rmSync(folder, { recursive: true, force: true });
}

/** The one store of this process. It is made at the first call, and removed when the process ends. */
export function createPodmanStore(): PodmanStore {
  if (store) return store;
  const folder = PODMAN_FOLDER ?? mkdtempSync(join(tmpdir(), 'podman-'));
  mkdirSync(join(folder, 'networks'), { recursive: true });
  writeFileSync(join(folder, 'containers.conf'), containersConf(folder));
  writeFileSync(join(folder, 'storage.conf'), storageConf(folder));
  const env = {
    ...process.env,
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
    // Without systemd, podman otherwise does not finish containers with a health check, and Compose waits for ever.
    DISABLE_HC_SYSTEMD: 'true',
  };
  const podman = (...args: string[]): string =>
    execFileSync('podman', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  const list = (kind: string, ...args: string[]): string[] =>
    podman(...args)
      .split('\n')
      .filter((name) => name !== '' && name !== 'podman')
      .map((name) => `${kind} ${name}`);
  const made: PodmanStore = {
    folder,
    env,
    podman,
    addNamespace: (pid) => namespaces.add(pid),
    leftovers: async () => [
      ...list('container', 'ps', '--all', '--format', '{{.Names}}'),
      ...list('volume', 'volume', 'ls', '--quiet'),
      ...list('network', 'network', 'ls', '--format', '{{.Name}}'),
    ],
    removeContainers(namespace) {
      // The bridges and the firewall rules of the containers are there.
      const inside = ['--net', '--mount', '--target', `${namespace}`, 'podman'];
      spawnSync('nsenter', [...inside, 'rm', '--all', '--force', '--time', '0'], { env });
      spawnSync('nsenter', [...inside, 'volume', 'prune', '--force'], { env });
      spawnSync('nsenter', [...inside, 'network', 'prune', '--force'], { env });
      namespaces.delete(namespace);
    },
  };
  store = made;
  process.once('exit', () => removeFolder(made));
  // A signal would otherwise end the process without the event exit.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  return made;
}
