import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from './process.ts';

type Command = [string, ...string[]];

/** Debian's folders; the newest version wins. */
export function postgresBinaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(`${bin}/initdb`));
  if (!folder) throw new Error('Postgres is missing: apt-get install postgresql');
  return folder;
}

/** Postgres and PgBouncer refuse to run as root. */
export function asPostgres(command: readonly string[]): Command {
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];
  const [file = '', ...rest] = [...prefix, ...command];
  return [file, ...rest];
}

/** A folder that the user of the server may write to. */
export function makeServerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'torture-pg-'));
  if (process.getuid?.() === 0) {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  return folder;
}

/** Creates an empty cluster that trusts every client. */
export async function initializeCluster(data: string, logFile: string): Promise<void> {
  const initdb = [
    `${postgresBinaries()}/initdb`,
    '-D',
    data,
    '-U',
    'auth',
    '--auth=trust',
    '-E',
    'UTF8',
    '--no-sync',
  ];
  await runToEnd(asPostgres(initdb), { logFile, cwd: '/' });
  appendFileSync(join(data, 'pg_hba.conf'), 'host all all all trust\nhost replication all all trust\n');
}

/** Copies a running server. The copy starts as its standby. */
export async function copyCluster(primaryUrl: string, data: string, logFile: string): Promise<void> {
  const copy = [
    `${postgresBinaries()}/pg_basebackup`,
    '-D',
    data,
    '-d',
    primaryUrl,
    '-R',
    '--checkpoint=fast',
    '--no-sync',
  ];
  await runToEnd(asPostgres(copy), { logFile, cwd: '/' });
}
