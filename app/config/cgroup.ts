import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** What this process may use: the limits of its cgroups, or of the machine without such limits. */
export interface Machine {
  /** CPUs, possibly fractional (a limit of 500m is 0.5). */
  readonly cpus: number;
  /** Whether `cpus` is a quota: the kernel then stops all threads of the process once it is used up. */
  readonly hasCpuQuota: boolean;
  readonly memoryBytes: number;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

const limitOf = (value: number): number => (value > 0 ? value : Number.POSITIVE_INFINITY);

/** cgroup v2 has `max 100000` or `50000 100000` in one file. v1 has a file each for quota (-1 is none) and period. */
function cpuLimit(cgroup: string): number {
  const [quota, period] = readText(`${cgroup}/cpu.max`)?.split(' ') ?? [
    readText(`${cgroup}/cpu.cfs_quota_us`),
    readText(`${cgroup}/cpu.cfs_period_us`),
  ];
  return limitOf(Number(quota) / Number(period));
}

function memoryLimit(cgroup: string): number {
  return limitOf(Number(readText(`${cgroup}/memory.max`) ?? readText(`${cgroup}/memory.limit_in_bytes`)));
}

/**
 * The folders of a cgroup and of all cgroups above it, from `mount` down. The limits of each of them apply. If `mount`
 * has no such path, it is `mount` alone: a container of v1 has its own cgroup mounted there, but reads its path on
 * the host.
 */
function lineage(mount: string, path: string): string[] {
  if (!existsSync(`${mount}${path}`)) return [mount];
  const names = path.split('/').filter(Boolean);
  return [mount, ...names.map((_, index) => `${mount}/${names.slice(0, index + 1).join('/')}`)];
}

/**
 * `membership` is the text of /proc/self/cgroup, see cgroups(7): `0::/path` in the single tree of v2, and
 * `4:cpu,cpuacct:/path` for v1, which has one tree per controller. A text may have both. The tree without a
 * controller has no limits.
 */
function cgroupsOf(controller: 'cpu' | 'memory', root: string, membership: string): string[] {
  const path = (line: RegExp): string => line.exec(membership)?.[1] ?? '/';
  const v1 = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm');
  return [...lineage(root, path(/^0::(.*)$/m)), ...lineage(`${root}/${controller}`, path(v1))];
}

/**
 * The lowest limits of the cgroups of this process (v1 and v2) and of all cgroups above them. The limits of a pod are
 * in `root`, and CPUQuota= and MemoryMax= of systemd below it.
 */
export function readMachine(root = '/sys/fs/cgroup', membershipFile = '/proc/self/cgroup'): Machine {
  const membership = readText(membershipFile) ?? '';
  const quota = Math.min(...cgroupsOf('cpu', root, membership).map(cpuLimit));
  return {
    cpus: Math.min(os.availableParallelism(), quota),
    hasCpuQuota: quota < os.cpus().length,
    memoryBytes: Math.min(os.totalmem(), ...cgroupsOf('memory', root, membership).map(memoryLimit)),
  };
}

/**
 * How often the kernel has stopped this process because it had used up the CPU quota of a cgroup (`nr_throttled`). 0 where
 * that cannot be read.
 */
export function countCpuStops(root = '/sys/fs/cgroup', membershipFile = '/proc/self/cgroup'): number {
  const membership = readText(membershipFile) ?? '';
  const counts = cgroupsOf('cpu', root, membership).map((cgroup) =>
    Number(/^nr_throttled (\d+)$/m.exec(readText(`${cgroup}/cpu.stat`) ?? '')?.[1] ?? 0),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
