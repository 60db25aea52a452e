import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import type { Cleanup } from './cleanup.ts';
import {
  asPostgres,
  copyCluster,
  initializeCluster,
  makeServerFolder,
  postgresBinaries,
} from './postgres-files.ts';
import { freePort, type ManagedProcess, startProcess, startTimeout, type Wrap, waitFor } from './process.ts';
import type { Outage } from './redis-server.ts';

export interface PostgresServer extends Outage {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** A connection for the scenario. The client reconnects after an outage. */
  readonly sql: postgres.Sql;
  /** The number of connections from the service. */
  serviceConnections(): Promise<number>;
  /** Ends all sessions, and resolves when the standbys have received everything. */
  shutDown(): Promise<void>;
  /** Turns a standby into a primary. Resolves when it accepts writes. */
  promote(): Promise<void>;
  /** Starts a server that was shut down as the standby of `primary`. */
  demote(primary: PostgresServer, settings?: Record<string, string>): Promise<void>;
}

export interface PostgresOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default a free one */
  readonly port?: number;
  /** Starts a standby of this server. */
  readonly primary?: PostgresServer;
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Changes the command, for example to run it in a network namespace. */
  readonly wrap?: Wrap;
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

const settingsOf = (host: string, settings: Readonly<Record<string, string>>): string[] =>
  Object.entries({
    listen_addresses: host,
    max_connections: '100',
    log_statement: 'none',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** A scratch cluster on a free loopback port, with durability as in production (fsync is on). */
export async function startPostgres(
  folder: string,
  cleanup: Cleanup,
  options: PostgresOptions = {},
): Promise<PostgresServer> {
  const { host = '127.0.0.1', primary, wrap = (command) => [...command] } = options;
  const data = join(makeServerFolder(), 'data');
  cleanup.add(() => rmSync(join(data, '..'), { recursive: true, force: true }));
  const logFile = join(folder, 'postgres.log');
  await (primary ? copyCluster(primary.url, data, logFile) : initializeCluster(data, logFile));
  const port = options.port ?? (await freePort());
  const url = `postgresql://auth@${host}:${port}/postgres?sslmode=disable`;
  const sql = postgres(url, { max: 2, connect_timeout: 2, backoff: () => 0.05, onnotice: () => undefined });
  let server: ManagedProcess;
  let settings = options.settings ?? {};
  const answers = (): Promise<boolean> =>
    sql`select 1`.then(
      () => true,
      () => false,
    );

  const start = async (): Promise<void> => {
    const command = [`${postgresBinaries()}/postgres`, '-D', data, '-p', String(port), '-k', ''];
    server = startProcess(wrap(asPostgres([...command, ...settingsOf(host, settings)])), {
      logFile,
      cwd: '/',
    });
    await waitFor('Postgres', answers, startTimeout);
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
    host,
    port,
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
    shutDown: async () => void (await server.stop('SIGINT')),
    async promote() {
      await sql`select pg_promote(true, 60)`;
    },
    async demote(next, more = {}) {
      settings = {
        ...settings,
        primary_conninfo: `host=${next.host} port=${next.port} user=auth`,
        ...more,
      };
      writeFileSync(join(data, 'standby.signal'), '');
      await start();
    },
  };
}
