import {
  accessSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { kill, pid as processId } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../../config/config.ts';
import { errorCode } from '../postgres/errors.ts';

/**
 * Locks the folder for this process, because two embedded Postgres on one folder corrupt it. The operating system
 * releases the lock when the process ends, even after kill -9. The file stays: if it were deleted, two processes could
 * lock two files of that name (docs/decisions/0009-data-dir-lock.md).
 * @returns a function that releases the lock. @throws ConfigError when another process has the lock
 */
export async function lockDataDir(dir: string): Promise<() => void> {
  createFolder(dir);
  // A native addon, which only the embedded mode needs.
  const { tryLock } = await import('fs-native-extensions');
  const path = join(dir, 'lock');
  const file = openSync(path, 'a+', 0o600);
  if (!tryLock(file)) {
    closeSync(file);
    throw new ConfigError([`DATA_DIR is in use by ${await describeOwner(path)}`]);
  }
  ftruncateSync(file);
  writeSync(file, `${processId}\n`);
  return () => closeSync(file);
}

function createFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK);
  } catch {
    throw new ConfigError(['DATA_DIR names a folder that cannot be created or written to']);
  }
}

/** The owner writes its process id just after it gets the lock. Until then the file has the id of an earlier owner. */
async function describeOwner(path: string): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const pid = findRunningOwner(path);
    if (pid) return `process ${pid}`;
    await sleep(20);
  }
  return 'another process';
}

/** The process id in the file, or null if there is none or no such process runs. */
function findRunningOwner(path: string): number | null {
  let pid = 0;
  try {
    pid = Number(readFileSync(path, 'utf8'));
    // 0 and negative numbers are process groups.
    return pid > 0 && kill(pid, 0) ? pid : null;
  } catch (error) {
    // EPERM: the process belongs to another user. Windows does not let other processes read a locked file.
    return pid > 0 && errorCode(error) === 'EPERM' ? pid : null;
  }
}
