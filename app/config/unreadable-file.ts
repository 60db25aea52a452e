import { readFileSync, statSync } from 'node:fs';

interface Identity {
  readonly uid: string;
  readonly gid: string;
}

/** The effective ids of this process, see proc_pid_status(5). Null where there is no /proc. */
function readIdentity(): Identity | null {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const id = (name: string): string =>
      new RegExp(`^${name}:\\s+\\d+\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '';
    return { uid: id('Uid'), gid: id('Gid') };
  } catch {
    return null;
  }
}

/** Owner, group and permissions of a file or folder, or that even these cannot be read. */
function describe(path: string): string {
  try {
    const { gid, mode, uid } = statSync(path);
    return `has owner ${uid}, group ${gid} and mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
  } catch {
    return 'is in a folder that this process may not enter';
  }
}

/**
 * What stops this process from reading a file that exists, as it happens with a file of the host that is mounted into a
 * container, and what the operator can do.
 * @returns the end of a sentence, empty for every other error: a path that does not exist may be a misplaced secret, which
 * must not reach the log
 */
export function explainRefusal(error: unknown, path: string, kind: 'file' | 'folder'): string {
  const isRefused = error instanceof Error && 'code' in error && error.code === 'EACCES';
  const identity = readIdentity();
  if (!isRefused || !identity) return '';
  const { gid, uid } = identity;
  const mode = kind === 'file' ? '0440' : '0550';
  return `: ${path} ${describe(path)}, and this process has uid ${uid} and gid ${gid}. Run chown ${uid} on it, or chgrp ${gid} and chmod ${mode}`;
}
