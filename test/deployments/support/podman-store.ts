import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Images, containers and configuration of podman in one temporary folder. The store of the machine is not touched. */
export interface PodmanStore {
  readonly folder: string;
  /** The environment in which `podman` uses this folder. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs podman outside the network namespace, where registries of packages can be reached, and returns its output. */
  podman(...args: string[]): string;
  leftovers(): Promise<string[]>;
  removeContainers(): void;
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

/** Ends with the process, whatever happens in it. */
function removeFolder({ folder, removeContainers }: PodmanStore): void {
  removeContainers();
  endMonitors(folder);
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
  const folder = mkdtempSync(join(tmpdir(), 'podman-'));
  mkdirSync(join(folder, 'networks'));
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
    execFileSync('podman', args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const list = (kind: string, ...args: string[]): string[] =>
    podman(...args)
      .split('\n')
      .filter((name) => name !== '' && name !== 'podman')
      .map((name) => `${kind} ${name}`);
  const made: PodmanStore = {
    folder,
    env,
    podman,
    leftovers: async () => [
      ...list('container', 'ps', '--all', '--format', '{{.Names}}'),
      ...list('volume', 'volume', 'ls', '--quiet'),
      ...list('network', 'network', 'ls', '--format', '{{.Name}}'),
    ],
    removeContainers() {
      spawnSync('podman', ['rm', '--all', '--force', '--time', '0'], { env });
      spawnSync('podman', ['volume', 'prune', '--force'], { env });
      spawnSync('podman', ['network', 'prune', '--force'], { env });
    },
  };
  store = made;
  process.once('exit', () => removeFolder(made));
  return made;
}
