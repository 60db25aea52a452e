import type { Logger } from '../../observe/log.ts';
import { type Connection, connect } from './connection.ts';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';
import { errorCode } from './errors.ts';
import { observePooling, PoolerError, type Pooling } from './pooling.ts';
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
export const cautiousProfile: ServerProfile = {
  pooling: 'transaction',
  keepsStatements: false,
  settings: 'transaction',
};

const direct: ServerProfile = { pooling: 'none', keepsStatements: true, settings: 'startup' };

/**
 * How a pooler refuses a connection with a startup parameter that it does not know: PgBouncer with 08P01, RDS Proxy with
 * 0A000, which Postgres also sends for statements. Postgres knows all of our parameters.
 */
export function refusesParameters(error: unknown): boolean {
  const isFatal = error instanceof Error && 'severity' in error && error.severity === 'FATAL';
  return errorCode(error) === '08P01' || (errorCode(error) === '0A000' && isFatal);
}

const askBackend = `
  select
    pid,
    (extract(epoch from clock_timestamp() - backend_start) * 1000)::bigint::text as age
  from pg_stat_activity
  where pid = pg_backend_pid()`;

/** The process of Postgres that answers, its age in milliseconds, and the process that the server named at the login. */
async function readBackend(connection: Connection) {
  const rows = await connection.unsafe<{ pid: number; age: string }[]>(askBackend);
  return { pid: rows[0]?.pid, age: Number(rows[0]?.age), announced: rows.state.pid };
}

/**
 * A pooler has keys of its own for cancel requests, and names them instead of the process. They are random, or count
 * up, so a key may also equal the process by chance. Then the process is older than the connection.
 * @param elapsed milliseconds since before the connection
 */
export const isDirect = (
  { pid, age, announced }: { pid: number | undefined; age: number; announced: number },
  elapsed: number,
): boolean => pid !== undefined && pid === announced && age <= elapsed;

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

async function detect(
  { settings }: DetectOptions,
  open: (settings: SettingValues) => Connection,
): Promise<ServerProfile> {
  const startedAt = performance.now();
  const withSettings = open(settings);
  const answered = await readBackend(withSettings).catch((error: unknown) => {
    if (refusesParameters(error)) return null;
    throw error;
  });
  if (answered && isDirect(answered, performance.now() - startedAt)) return direct;
  const first = answered ? withSettings : open({});
  const { pid } = answered ?? (await readBackend(first));
  if (pid === undefined) return cautiousProfile;
  return observe(first, settings, () => open({}));
}

async function observe(
  first: Connection,
  settings: SettingValues,
  open: () => Connection,
): Promise<ServerProfile> {
  try {
    const found = await observePooling(first, open);
    return { ...found, settings: (await areDefaults(first, settings)) ? 'role' : 'transaction' };
  } catch (error) {
    if (error instanceof PoolerError) throw error;
    // The pooler has answered, and then was too slow or went away. The service works without knowing more.
    return cautiousProfile;
  }
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
    const profile = await detect(options, open);
    if (profile.pooling !== 'none') {
      const { host } = parseTarget(target);
      log.info({ event: 'postgres_pooler', host, ...profile }, 'a pooler is in front of Postgres');
    }
    return profile;
  } finally {
    clearTimeout(timer);
    await closeAll();
  }
}
