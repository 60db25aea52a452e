import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Postgres and PgBouncer refuse to run as root. Tests that run as root start them as the user of Debian's Postgres.

const isRoot = process.getuid?.() === 0;

const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));

/** The command, as the user `postgres` if the tests run as root. */
export function unprivileged(file: string, ...args: readonly string[]): [string, ...string[]] {
  if (!isRoot) return [file, ...args];
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--', file, ...args];
}

function giveAway(path: string): string {
  if (isRoot) chownSync(path, idOf('-u'), idOf('-g'));
  return path;
}

/** @returns an empty folder that `unprivileged` commands may write to */
export function unprivilegedFolder(prefix: string): string {
  return giveAway(mkdtempSync(join(tmpdir(), prefix)));
}

/** Writes a file that only `unprivileged` commands can read. @returns its path */
export function unprivilegedFile(path: string, text: string): string {
  writeFileSync(path, text, { mode: 0o600 });
  return giveAway(path);
}
