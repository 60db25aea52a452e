import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cleanup } from './cleanup.ts';
import type { Wrap } from './process.ts';

/** The resources of a pod. */
export interface PodLimits {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** A control group with the limits of a pod, in which one process runs with all its threads. */
export interface Cgroup {
  /** Starts the command inside of the group. */
  readonly wrap: Wrap;
  /** Bytes that count against the limit and cannot be reclaimed: what kubelet calls the working set. */
  workingSet(): number;
  /** Times that the kernel killed a process of the group for want of memory. */
  oomKills(): number;
  /** The number of CPU periods in which the group has used up its quota. */
  throttledPeriods(): number;
}

const root = '/sys/fs/cgroup';
/** Microseconds; the period that kubelet sets. */
const period = 100_000;

const numberAfter = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);

/** Folders of the group by controller: the same one for both in v2, one in each tree in v1. */
function foldersFor(name: string) {
  const isV2 = existsSync(join(root, 'cgroup.controllers'));
  const folder = (controller: string): string => join(root, isV2 ? '' : controller, name);
  return { isV2, cpu: folder('cpu'), memory: folder('memory') };
}

function setLimits({ isV2, cpu, memory }: ReturnType<typeof foldersFor>, limits: PodLimits): void {
  const quota = String(limits.cpus * period);
  if (isV2) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu +memory');
  for (const folder of new Set([cpu, memory])) mkdirSync(folder, { recursive: true });
  if (isV2) {
    writeFileSync(join(cpu, 'cpu.max'), `${quota} ${period}`);
    writeFileSync(join(memory, 'memory.max'), String(limits.memoryBytes));
  } else {
    writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(period));
    writeFileSync(join(cpu, 'cpu.cfs_quota_us'), quota);
    writeFileSync(join(memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
  }
}

async function remove(folder: string): Promise<void> {
  for (let n = 0; n < 50 && existsSync(folder); n += 1) {
    try {
      rmdirSync(folder);
    } catch {
      // The kernel still accounts for a process that has just ended.
      await sleep(100);
    }
  }
}

/**
 * Makes a cgroup (v1 or v2) with these limits and removes it at the end.
 * @throws Error saying what is missing where this process may not make one
 */
export function createCgroup(name: string, limits: PodLimits, cleanup: Cleanup): Cgroup {
  const folders = foldersFor(name);
  try {
    setLimits(folders, limits);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot make a cgroup with limits here, which needs root and a writable ${root}: ${why}`);
  }
  const all = [...new Set([folders.cpu, folders.memory])];
  for (const folder of all) cleanup.add(() => remove(folder));
  const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
  const enter = all.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join('; ');
  return {
    wrap: (command) => ['/bin/sh', '-c', `${enter}; exec "$@"`, 'sh', ...command],
    workingSet() {
      const used = Number(read(folders.memory, folders.isV2 ? 'memory.current' : 'memory.usage_in_bytes'));
      const name = folders.isV2 ? 'inactive_file' : 'total_inactive_file';
      return used - numberAfter(read(folders.memory, 'memory.stat'), name);
    },
    oomKills() {
      const file = folders.isV2 ? 'memory.events' : 'memory.oom_control';
      return numberAfter(read(folders.memory, file), 'oom_kill');
    },
    throttledPeriods: () => numberAfter(read(folders.cpu, 'cpu.stat'), 'nr_throttled'),
  };
}
