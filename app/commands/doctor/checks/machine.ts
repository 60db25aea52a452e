import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Finding, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';

const category = 'Process and machine';
const MiB = 1024 * 1024;

/** The end of security support of each release line (https://github.com/nodejs/release, schedule.json). */
const endOfSupport: Readonly<Record<string, string>> = {
  18: '2025-04-30',
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

async function checkNode({ nodeVersion, now }: DoctorContext): Promise<Finding> {
  const end = endOfSupport[nodeVersion.split('.')[0] ?? ''];
  if (!end) return skipped(`Node.js ${nodeVersion} is no release line with long-term support`);
  if (now() <= Date.parse(`${end}T23:59:59Z`))
    return passed(`Node.js ${nodeVersion} is supported until ${end}`);
  return warning(
    `Node.js ${nodeVersion} has had no security updates since ${end}`,
    'Build the image with a supported release (NODE_IMAGE in the Dockerfile)',
  );
}

/** Descriptors for files, the log, DNS and the stores, beside the connections of clients. */
const reserve = 128;

async function checkDescriptors({ config, processFolder }: DoctorContext): Promise<Finding> {
  const path = `${processFolder}/limits`;
  if (!existsSync(path)) return skipped('This system has no /proc');
  const [, text = ''] = /^Max open files\s+(\S+)/m.exec(readFileSync(path, 'utf8')) ?? [];
  const limit = text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
  const needed = config.resources.connections + config.database.poolMax + reserve;
  if (limit >= needed) return passed(`${text} file descriptors, and ${needed} are needed`);
  return warning(
    `The process may open ${text} file descriptors, and its connections need up to ${needed}`,
    `Raise the limit to ${needed} or more: ulimits.nofile in Compose and ECS, LimitNOFILE= in systemd`,
  );
}

/** The folder itself, or the next one above it that exists. */
function existingFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : existingFolder(parent);
}

async function checkDisk({ config }: DoctorContext): Promise<Finding> {
  const { database, dataDir, jwt } = config;
  if (database.url && (jwt.algorithm === 'HS256' || jwt.privateKey)) return skipped('DATA_DIR is not used');
  const folder = existingFolder(resolve(dataDir));
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MiB);
  const fix = 'Free space on this file system, or set DATA_DIR to a folder on another one';
  if (free < 64) return failed(`The file system of ${folder} has ${free} MiB of free space`, fix);
  if (free < 512) return warning(`The file system of ${folder} has ${free} MiB of free space`, fix);
  return passed(`The file system of ${folder} has ${free} MiB of free space`);
}

async function checkCpu({ machine: { cpus, hasCpuQuota } }: DoctorContext): Promise<Finding> {
  if (cpus >= 1) return passed(`${cpus} CPUs${hasCpuQuota ? ', by quota' : ''}`);
  return warning(
    `The limit is ${cpus} CPUs: while the kernel stops the process, no request is answered`,
    'Give the process a CPU limit of at least 1, or a request without a limit',
  );
}

async function checkMemory({ machine }: DoctorContext): Promise<Finding> {
  const limit = Math.floor(machine.memoryBytes / MiB);
  if (limit >= 256) return passed(`${limit} MiB`);
  return warning(
    `The memory limit is ${limit} MiB; Node.js itself needs about 120 MiB`,
    'Give the process a memory limit of at least 256 MiB, better 512 MiB',
  );
}

export const machineChecks: readonly DoctorCheck[] = [
  {
    id: 'node-version',
    category,
    title: 'the release of Node.js has security support',
    documentation:
      'A release of Node.js gets security updates for about three years. After that, known weaknesses of TLS and HTTP stay open. Rebuild the image with a newer `NODE_IMAGE`.',
    run: checkNode,
  },
  {
    id: 'cpu-limit',
    category,
    title: 'the CPU limit is at least one CPU',
    documentation:
      'With a limit below one CPU the kernel stops the whole process for the rest of each period of 100 ms once the budget is used. One password hash is enough for that, so health checks and all other requests wait. The doctor reads the limits of the cgroups of the process.',
    run: checkCpu,
  },
  {
    id: 'memory-limit',
    category,
    title: 'the memory limit leaves space for Node.js',
    documentation:
      'The kernel ends a process that exceeds the memory limit of its cgroup (exit status 137, OOMKilled). Node.js needs about 120 MiB before the first request. The limits of connections and of bodies are computed from the memory limit (docs/limits.md).',
    run: checkMemory,
  },
  faultCheck({
    id: 'hashing-memory',
    category,
    title: 'password hashing fits into half of the memory limit',
    good: 'HASH_CONCURRENCY times ARGON2_MEMORY_KIB fits',
    fix: 'Raise the memory limit, or lower HASH_CONCURRENCY',
    documentation:
      'Each hash needs `ARGON2_MEMORY_KIB`, and `HASH_CONCURRENCY` of them run at once. If they need more than half of the memory limit of the cgroup, a login flood ends in an OOM kill, so the service does not start. By default the concurrency is the number of whole CPUs: a machine with many CPUs and a small memory limit needs a lower value.',
  }),
  faultCheck({
    id: 'hashing-strength',
    category,
    title: 'password hashes are as strong as OWASP demands',
    good: 'The parameters are strong enough',
    fix: 'Remove ARGON2_MEMORY_KIB and ARGON2_TIME, whose defaults are good, or set one of the named pairs',
    documentation:
      'Weaker parameters make stolen hashes cheaper to guess. Production accepts the profiles of argon2id in the OWASP Password Storage Cheat Sheet. Existing hashes are renewed at the next login of their users.',
  }),
  {
    id: 'file-descriptors',
    category,
    title: 'the process may open enough files',
    documentation:
      'Every connection of a client or a store is a file descriptor. If the limit (`ulimit -n`) is lower than the connections that the service accepts, it fails with `EMFILE` under load. The number of connections follows from the memory limit (docs/limits.md).',
    run: checkDescriptors,
  },
  {
    id: 'data-dir-space',
    category,
    title: 'the file system of DATA_DIR has free space',
    documentation:
      'The embedded Postgres and the generated key are in `DATA_DIR`. A full file system damages neither, but nothing can be written any more. With a Postgres and keys of your own nothing is stored there, and the check is skipped. The space of an external Postgres shows in `database-writable`.',
    run: checkDisk,
  },
];
