import type { Logger } from 'pino';
import { type Connection, connect } from './connection.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { errorCode } from './errors.ts';
import { observePooling, type Pooling } from './pooling.ts';
import type { SettingValues } from './session-timeouts.ts';

/** What the server behind a URL keeps between two transactions of a connection. */
export interface ServerProfile {
  /** Which pooler is in between. `none`: each connection has a backend of its own. */
  readonly pooling: Pooling;
  /** Whether a named prepared statement still exists in the next transaction. */
  readonly keepsStatements: boolean;
  /** Where the session settings come from: from the startup message, from each transaction, or already from the role. */
  readonly settings: 'startup' | 'transaction' | 'role';
}

interface DetectOptions {
  readonly target: ConnectionTarget;
  readonly settings: SettingValues;
  /** Milliseconds for the whole detection. */
  readonly timeout: number;
  readonly log: Logger;
}

/** What is safe with any server that allows transactions. */
const cautious: ServerProfile = { pooling: 'transaction', keepsStatements: false, settings: 'transaction' };

const direct: ServerProfile = { pooling: 'none', keepsStatements: true, settings: 'startup' };

/**
 * How a pooler refuses a startup parameter that it does not know: PgBouncer with 08P01, RDS Proxy with 0A000. Postgres
 * knows all of ours.
 */
const refusesParameters = (error: unknown): boolean => ['08P01', '0A000'].includes(errorCode(error));

/** The process of Postgres that answers, and the one that the server named at the login. */
async function readBackend(connection: Connection) {
  const rows = await connection.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
  return { pid: rows[0]?.pid, announced: rows.state.pid };
}

interface Reported {
  readonly name: string;
  readonly setting: string;
  readonly source: string;
}

/** A timeout may be shorter than ours. Every other setting must be the same. */
function isInEffect(wanted: string | number, { setting, source }: Reported): boolean {
  // Another client of the pooler may have changed the session, so only defaults of the role or the server count.
  if (source === 'session' || source === 'client') return false;
  if (typeof wanted === 'string') return setting === wanted;
  return Number(setting) > 0 && Number(setting) <= wanted;
}

async function areDefaults(connection: Connection, settings: SettingValues): Promise<boolean> {
  const rows = await connection.unsafe<Reported[]>('select name, setting, source from pg_settings');
  return Object.entries(settings).every(([name, wanted]) => {
    const reported = rows.find((row) => row.name.toLowerCase() === name.toLowerCase());
    return reported !== undefined && isInEffect(wanted, reported);
  });
}

async function detect({ settings }: DetectOptions, open: (settings: SettingValues) => Connection) {
  const withSettings = open(settings);
  const answered = await readBackend(withSettings).catch((error: unknown) => {
    if (refusesParameters(error)) return null;
    throw error;
  });
  // A pooler has keys of its own for cancel requests, so it cannot name the process of Postgres by chance.
  if (answered?.pid !== undefined && answered.pid === answered.announced) return direct;
  const first = answered ? withSettings : open({});
  const { pid } = answered ?? (await readBackend(first));
  if (pid === undefined) return cautious;
  const found = await observePooling(first, () => open({}));
  return { ...found, settings: (await areDefaults(first, settings)) ? 'role' : 'transaction' } as const;
}

/**
 * Finds out what may be relied on, by trying: whether a pooler is in between, which mode it has, and whether prepared
 * statements survive a change of the backend. An answer that is not certain is the cautious one, which costs time and
 * is never wrong (docs/decisions/0030-poolers.md).
 * @throws PoolerError when the pooler refuses transactions
 * @throws the error of the connection when the server does not answer
 */
export async function detectProfile(options: DetectOptions): Promise<ServerProfile> {
  const { target, timeout, log } = options;
  const connections: Connection[] = [];
  const open = (settings: SettingValues): Connection => {
    const connection = connect({ target, prepare: true, connectTimeout: timeout, parameters: settings, log });
    connections.push(connection);
    return connection;
  };
  const closeAll = () => Promise.all(connections.map((connection) => connection.end({ timeout: 0 })));
  // Ends the queries of a server that stops answering in the middle.
  const timer = setTimeout(() => void closeAll().catch(() => undefined), timeout);
  try {
    return await detect(options, open);
  } finally {
    clearTimeout(timer);
    await closeAll();
  }
}
