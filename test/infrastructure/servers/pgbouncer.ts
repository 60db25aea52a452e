import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import {
  freePort,
  type ManagedProcess,
  startProcess,
  tail,
  waitFor,
} from '../../../tools/torture/harness/process.ts';
import { unprivileged, unprivilegedFile, unprivilegedFolder } from './unprivileged.ts';

export interface PgBouncerOptions {
  readonly poolMode: 'session' | 'transaction' | 'statement';
  /**
   * URL of the Postgres behind it. The name and the password in this URL are those that PgBouncer accepts. Without a
   * database in the URL, a client gets the database that it names.
   */
  readonly target: string;
  /** Startup parameters that PgBouncer accepts and ignores. PgBouncer refuses all others that it does not know. */
  readonly ignoreStartupParameters?: readonly string[];
  /** The most connections to Postgres. The default of PgBouncer is 20. */
  readonly poolSize?: number;
  /** Further lines of the section [pgbouncer]. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface PgBouncer {
  /** `postgresql://user:password@127.0.0.1:port/database?sslmode=disable` */
  readonly url: string;
  readonly port: number;
  /** Everything that PgBouncer has logged. */
  log(): string;
  /** Ends PgBouncer at once, as an update of its container does, and starts it on the same port. */
  restart(): Promise<void>;
  /** PgBouncer accepts connections and forwards no query until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The rows of a SHOW command of the console, such as `pools` or `servers`. */
  show(what: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends PgBouncer and removes its folder. */
  stop(): Promise<void>;
}

const program = '/usr/sbin/pgbouncer';

/** Suites that need PgBouncer are skipped without it. */
export const hasPgBouncer = existsSync(program);

/** A suite's title, which names the package where PgBouncer is missing. */
export const needsPgBouncer = (title: string): string =>
  hasPgBouncer ? title : `${title} (needs pgbouncer, of the Debian package pgbouncer)`;

function configuration(options: PgBouncerOptions, place: { port: number; folder: string; user: string }) {
  const { poolMode, target, ignoreStartupParameters = [], poolSize, settings = {} } = options;
  const { hostname, port, pathname, username, password } = new URL(target);
  const server = [
    `host=${hostname}`,
    `port=${port || 5432}`,
    ...(pathname.length > 1 ? [`dbname=${decodeURIComponent(pathname.slice(1))}`] : []),
    `user=${decodeURIComponent(username)}`,
    `password=${decodeURIComponent(password)}`,
  ];
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: place.port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(place.folder, 'userlist.txt'),
    admin_users: place.user,
    pool_mode: poolMode,
    ...(ignoreStartupParameters.length > 0 && {
      ignore_startup_parameters: ignoreStartupParameters.join(','),
    }),
    ...(poolSize !== undefined && { default_pool_size: poolSize }),
    ...settings,
  };
  const section = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
  return ['[databases]', `* = ${server.join(' ')}`, '[pgbouncer]', ...section, ''].join('\n');
}

/** Runs one command of the console, which answers the simple query protocol only. */
async function command(url: string, text: string) {
  const console = new URL(url);
  console.pathname = '/pgbouncer';
  const sql = postgres(console.href, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    return await sql.unsafe<Record<string, unknown>[]>(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const answers = (url: string): Promise<boolean> =>
  command(url, 'show version').then(
    () => true,
    () => false,
  );

/** Starts PgBouncer on a free port of the loopback address, with scram-sha-256 on both of its sides. */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const { username, password, pathname } = new URL(options.target);
  const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  const folder = unprivilegedFolder('auth-pgbouncer-');
  const port = await freePort();
  const file = unprivilegedFile(
    join(folder, 'pgbouncer.ini'),
    configuration(options, { port, folder, user }),
  );
  unprivilegedFile(join(folder, 'userlist.txt'), `"${user}" "${secret}"\n`);
  const logFile = join(folder, 'output.log');
  const url = `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}?sslmode=disable`;
  let server: ManagedProcess;
  const start = async (): Promise<void> => {
    server = startProcess(unprivileged(program, file), { logFile, cwd: '/' });
    await waitFor('PgBouncer', () => !server.isRunning() || answers(url));
    if (!server.isRunning()) throw new Error(`PgBouncer did not start:\n${tail(logFile)}`);
  };
  await start();
  return {
    url,
    port,
    log: () => readFileSync(logFile, 'utf8'),
    async restart() {
      // SIGTERM is PgBouncer's immediate shutdown in every version that Debian has.
      await server.stop('SIGTERM');
      await start();
    },
    pause: async () => void (await command(url, 'pause')),
    resume: async () => void (await command(url, 'resume')),
    show: (what) => command(url, `show ${what}`),
    async stop() {
      await server.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
