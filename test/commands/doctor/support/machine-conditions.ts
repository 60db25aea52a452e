import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, type Condition, type Production, set } from './condition.ts';

/** A cgroup with limits, as the kernel shows them. */
function cgroup({ write, folder }: Production, files: Record<string, string>): Change {
  mkdirSync(join(folder, 'cgroup'));
  for (const [name, text] of Object.entries(files)) write(`cgroup/${name}`, `${text}\n`);
  return { cgroupRoot: join(folder, 'cgroup') };
}

/** Limits of the process. */
export const inMachines: readonly Condition[] = [
  {
    title: 'an old Node.js',
    make: () => ({ nodeVersion: '18.20.0' }),
    problems: ['warning node-version'],
  },
  {
    title: 'half a CPU',
    make: (p) => cgroup(p, { 'cpu.max': '50000 100000' }),
    problems: ['warning cpu-limit'],
  },
  {
    title: 'little memory',
    make: (p) => cgroup(p, { 'memory.max': '134217728' }),
    problems: ['warning memory-limit'],
  },
  {
    title: 'more hashes than memory',
    make: (p) => ({ ...cgroup(p, { 'memory.max': '268435456' }), ...set({ HASH_CONCURRENCY: '8' }) }),
    problems: ['failed hashing-memory'],
  },
  {
    title: 'few file descriptors',
    make({ folder, write }) {
      write('limits', 'Max open files            256                  256                  files\n');
      write('cgroup', '0::/\n');
      return { processFolder: folder };
    },
    problems: ['warning file-descriptors'],
  },
];
