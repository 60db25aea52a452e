import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { kill, pid as myPid } from 'node:process';
import { ConfigError } from '../../config/config.ts';
import { errorCode } from '../postgres/errors.ts';

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one that was given the same number; null where the system does not say. */
  readonly started: string | null;
}

/** Boot, and clock ticks from it to the start of the process: field 22 of its stat line, counted after its name. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more.
    return fields[0] === 'Z' ? null : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    kill(holder.pid, 0);
  } catch (error) {
    // EPERM is someone else's process, but it is there.
    if (errorCode(error) !== 'EPERM') return false;
  }
  return holder.started === null || startOf(holder.pid) === holder.started;
}

/** Numbers of the lock files there are, newest first. */
function lockNumbers(dir: string): number[] {
  const names = readdirSync(dir).flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []);
  return names.map(Number).sort((a, b) => b - a);
}

function readHolder(file: string): Holder | null {
  try {
    const [pid, started] = readFileSync(file, 'utf8').split('\n');
    // 0 and negative numbers mean groups of processes.
    return Number(pid) > 0 ? { pid: Number(pid), started: started || null } : null;
  } catch {
    return null;
  }
}

/** A hard link fails when the name is taken, and the file is never seen half written. */
function claim(dir: string, number: number): boolean {
  const draft = join(dir, `.lock-${randomBytes(6).toString('hex')}`);
  writeFileSync(draft, `${myPid}\n${startOf(myPid) ?? ''}\n`, { mode: 0o600 });
  try {
    linkSync(draft, join(dir, `lock.${number}`));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK);
  } catch {
    throw new ConfigError(['DATA_DIR names a folder that cannot be made or written to']);
  }
}

/**
 * Holds the folder for this process: two embedded Postgres on one folder corrupt it. Whoever made the highest
 * `lock.N` holds it. A lock whose process is gone is succeeded by the next number, which of several only one can
 * make; who succeeded on an outdated view finds a higher number and steps back.
 * @returns what releases it. @throws ConfigError when a living process holds it
 */
export function lockDataDir(dir: string): () => void {
  makeFolder(dir);
  for (;;) {
    const [newest = 0] = lockNumbers(dir);
    const holder = newest === 0 ? null : readHolder(join(dir, `lock.${newest}`));
    if (holder && isAlive(holder)) throw new ConfigError([`DATA_DIR is in use by process ${holder.pid}`]);
    const mine = newest + 1;
    if (!claim(dir, mine)) continue;
    const others = lockNumbers(dir).filter((number) => number !== mine);
    const release = (): void => rmSync(join(dir, `lock.${mine}`), { force: true });
    if (others.some((number) => number > mine)) {
      release();
      continue;
    }
    for (const number of others) rmSync(join(dir, `lock.${number}`), { force: true });
    return release;
  }
}
