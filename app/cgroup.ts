import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What this process may use: the container's limits where there are any, else the machine's. */
export interface Machine {
  /** CPUs, possibly fractional (a limit of 500m is 0.5). */
  readonly cpus: number;
  readonly memoryBytes: number;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** cgroup v2 says `max 100000` or `50000 100000`; v1 keeps quota and period apart, quota -1 meaning none. */
function cpuLimit(root: string): number {
  const [quota, period] = readText(`${root}/cpu.max`)?.split(' ') ?? [
    readText(`${root}/cpu/cpu.cfs_quota_us`),
    readText(`${root}/cpu/cpu.cfs_period_us`),
  ];
  const limit = Number(quota) / Number(period);
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

function memoryLimit(root: string): number {
  const text = readText(`${root}/memory.max`) ?? readText(`${root}/memory/memory.limit_in_bytes`);
  const limit = Number(text);
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

/**
 * Reads the cgroup limits (v2, then v1) below `root`. Kubernetes gives a container its own cgroup as root, so no walk
 * is needed.
 */
export function readMachine(root = '/sys/fs/cgroup'): Machine {
  return {
    cpus: Math.min(os.availableParallelism(), cpuLimit(root)),
    memoryBytes: Math.min(os.totalmem(), memoryLimit(root)),
  };
}
