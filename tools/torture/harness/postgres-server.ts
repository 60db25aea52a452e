import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Cleanup } from './cleanup.ts';
import { freePort, type ManagedProcess, runToEnd, startProcess, waitFor } from './process.ts';
import type { Outage } from './redis-server.ts';

export interface PostgresServer extends Outage {
  readonly url: string;
  /** A connection for the scenario. The client reconnects after an outage. */
  readonly sql: postgres.Sql;
  /** The number of connections from the service. */
  serviceConnections(): Promise<number>;
}

/** Debian's folders; the newest version wins. */
function binaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(`${bin}/initdb`));
  if (!folder) throw new Error('Postgres is missing: apt-get install postgresql');
  return folder;
}

/** Postgres refuses to run as root. */
function unprivileged(): readonly string[] {
  return process.getuid?.() === 0
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--']
    : [];
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'torture-pg-'));
  if (process.getuid?.() === 0) {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  return folder;
}

/** Each backend has its own process group, so a freeze must signal them one by one. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return [pid, ...children.map(Number)];
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // A backend may have ended since it was listed.
    }
  }
}

const args = (data: string, port: number) => [
  ...['-D', data, '-p', String(port), '-k', ''],
  ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=100', '-c', 'log_statement=none'],
];

/** A scratch cluster on a free loopback port, with durability as in production (fsync is on). */
export async function startPostgres(folder: string, cleanup: Cleanup): Promise<PostgresServer> {
  const bin = binaries();
  const data = join(makeFolder(), 'data');
  cleanup.add(() => rmSync(join(data, '..'), { recursive: true, force: true }));
  const logFile = join(folder, 'postgres.log');
  const as = (command: readonly string[]): [string, ...string[]] => {
    const [file = '', ...rest] = [...unprivileged(), ...command];
    return [file, ...rest];
  };
  await runToEnd(as([`${bin}/initdb`, '-D', data, '-U', 'auth', '--auth=trust', '-E', 'UTF8', '--no-sync']), {
    logFile,
    cwd: '/',
  });
  const port = await freePort();
  const url = `postgresql://auth@127.0.0.1:${port}/postgres?sslmode=disable`;
  const sql = postgres(url, { max: 2, connect_timeout: 2, backoff: () => 0.05, onnotice: () => undefined });
  let server: ManagedProcess;
  const answers = (): Promise<boolean> =>
    sql`select 1`.then(
      () => true,
      () => false,
    );

  const start = async (): Promise<void> => {
    server = startProcess(as([`${bin}/postgres`, ...args(data, port)]), { logFile, cwd: '/' });
    await waitFor('Postgres', answers);
  };
  const thaw = (): void => signalAll(family(server.pid), 'SIGCONT');
  await start();
  cleanup.add(async () => {
    if (server.isRunning()) thaw();
    await sql.end({ timeout: 1 }).catch(() => undefined);
    await server.stop('SIGQUIT');
  });

  return {
    url,
    sql,
    start,
    // SIGQUIT is Postgres' immediate shutdown: clients are not notified, crash recovery at the next start.
    kill: async () => void (await server.stop('SIGQUIT')),
    freeze: async () => {
      server.signal('SIGSTOP');
      signalAll(family(server.pid), 'SIGSTOP');
    },
    thaw: async () => thaw(),
    async serviceConnections() {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::integer as count from pg_stat_activity where application_name = 'auth-service'`;
      return row?.count ?? 0;
    },
  };
}
