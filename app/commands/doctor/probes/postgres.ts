import { pino } from 'pino';
import type { Config } from '../../../config/config.ts';
import { isCertificateError } from '../../../store/certificates.ts';
import { type Connection, connect } from '../../../store/postgres/connection.ts';
import { type ConnectionTarget, parseTarget } from '../../../store/postgres/connection-target.ts';
import { errorCode } from '../../../store/postgres/errors.ts';
import { TransportError } from '../../../store/postgres/handshake/transport-error.ts';
import {
  connectDeadline,
  isNameError,
  isRefusal,
  probeAddress,
  type Unreachable,
  withDeadline,
} from './address.ts';

export type PostgresProblem =
  | Unreachable
  | 'tls-offered'
  | 'tls-authority'
  | 'tls-name'
  | 'tls-expiry'
  | 'tls-required'
  | 'password'
  | 'missing'
  | 'access'
  | 'connections'
  | 'starting'
  | 'transactions'
  | 'login';

/** Statements of the doctor. Each runs in a read-only transaction of its own, which works behind every pooler too. */
export interface ReadOnlyPostgres {
  unsafe: Connection['unsafe'];
}

export interface PostgresProbe {
  readonly problem: PostgresProblem | null;
  /** What was found, a sentence without a full stop. */
  readonly detail: string;
  /** Where the server is, for messages. */
  readonly where: string;
  /** Null if there is a problem. */
  readonly sql: ReadOnlyPostgres | null;
  readonly target: ConnectionTarget;
  close(): Promise<void>;
}

/** Milliseconds for one statement. */
const queryDeadline = 5_000;

export const silentLog = pino({ level: 'silent' });

const byState: Readonly<Record<string, PostgresProblem>> = {
  '28P01': 'password',
  '28000': 'access',
  '3D000': 'missing',
  '42501': 'access',
  '53300': 'connections',
  '57P03': 'starting',
};

const expired = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const wrongName = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']);

/** What is wrong with the certificate of a server. */
export function certificateProblem(code: string): 'tls-authority' | 'tls-name' | 'tls-expiry' {
  if (expired.has(code)) return 'tls-expiry';
  return wrongName.has(code) ? 'tls-name' : 'tls-authority';
}

function problemOf(error: unknown): PostgresProblem {
  if (isNameError(error)) return 'dns';
  if (errorCode(error) === 'CONNECT_TIMEOUT') return 'silent';
  if (error instanceof TransportError && error.lacksTls) return 'tls-offered';
  const cause = error instanceof TransportError ? error.cause : error;
  if (isCertificateError(cause)) return certificateProblem(cause.code);
  const known = byState[errorCode(error)];
  if (known) return known;
  return isRefusal(error) ? 'refused' : 'login';
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const open = (target: ConnectionTarget): Connection =>
  connect({ target, prepare: false, connectTimeout: connectDeadline, parameters: {}, log: silentLog });

/** Whether the server accepts the login over TLS, which the configuration does not use. */
async function acceptsTls(target: ConnectionTarget): Promise<boolean> {
  const url = new URL(target.url());
  url.searchParams.set('sslmode', 'require');
  const connection = open({
    ...target,
    url: () => url.href,
    ca: undefined,
    caFile: undefined,
    acceptsTrust: true,
  });
  try {
    return (await withDeadline(connection.unsafe('select 1'), queryDeadline)) !== null;
  } catch (error) {
    return errorCode(error) === '28P01';
  } finally {
    await connection.end({ timeout: 0 });
  }
}

/** A server that refuses plain text answers as for an unknown client, so a second login with TLS shows the reason. */
async function refine(problem: PostgresProblem, target: ConnectionTarget): Promise<PostgresProblem> {
  const isPlain = parseTarget(target).server.tls === null;
  return problem === 'access' && isPlain && (await acceptsTls(target)) ? 'tls-required' : problem;
}

/** Statements with a deadline. After the first that is too late, the others fail at once. */
function createReadOnly(connection: Connection): ReadOnlyPostgres {
  let isLost = false;
  async function run(text: string, params: readonly unknown[] = []): Promise<unknown> {
    if (isLost) throw new Error('Postgres has stopped answering');
    // reason: the client declares its parameters more narrowly than what it accepts.
    const work = connection.begin('read only', (tx) => tx.unsafe(text, params as never[]));
    const rows = await withDeadline(work, queryDeadline);
    isLost = rows === null;
    if (isLost) throw new Error(`Postgres did not answer within ${queryDeadline / 1000} s`);
    return rows;
  }
  // reason: the rows are those of the client. The methods of its queries are not used.
  return { unsafe: run as unknown as Connection['unsafe'] };
}

/** How a pooler that pools statements refuses a transaction (pooling.ts). */
const refusals = new Set(['08P01', 'CONNECTION_CLOSED', 'CONNECTION_ENDED']);

async function refusesTransactions(sql: ReadOnlyPostgres): Promise<boolean> {
  return sql.unsafe('select 1').then(
    () => false,
    (error: unknown) => refusals.has(errorCode(error)),
  );
}

async function logIn(target: ConnectionTarget, where: string): Promise<PostgresProbe> {
  const base = { where, target, close: async () => undefined };
  let connection: Connection | undefined;
  try {
    connection = open(target);
    const rows = await withDeadline(connection.unsafe('select 1'), connectDeadline + queryDeadline);
    if (rows === null) throw Object.assign(new Error('no answer'), { code: 'CONNECT_TIMEOUT' });
    const close = () => connection?.end({ timeout: 0 }) ?? Promise.resolve();
    const sql = createReadOnly(connection);
    if (await refusesTransactions(sql)) {
      await close();
      const detail = `The pooler at ${where} pools statements and refuses transactions`;
      return { ...base, problem: 'transactions', detail, sql: null };
    }
    return { ...base, problem: null, detail: `The service can log in to Postgres at ${where}`, sql, close };
  } catch (error) {
    await connection?.end({ timeout: 0 });
    const problem = await refine(problemOf(error), target).catch(() => problemOf(error));
    const isSilent = problem === 'silent';
    const silent = `Postgres at ${where} accepts connections and does not answer within ${connectDeadline / 1000} s`;
    return { ...base, problem, detail: isSilent ? silent : textOf(error), sql: null };
  }
}

/** Connects as the service does, and finds out at which step that fails. */
export async function probePostgres(config: Config['database'], url: () => string): Promise<PostgresProbe> {
  // The checks name a standby themselves.
  const target = { ...config, url, acceptsStandby: true };
  let address: ReturnType<typeof parseTarget>;
  try {
    address = parseTarget(target);
  } catch (error) {
    const close = async () => undefined;
    return { problem: 'login', detail: textOf(error), where: 'unknown', sql: null, target, close };
  }
  const where = address.path ?? `${address.host}, port ${address.port}`;
  const reached = await probeAddress(address);
  if (reached.problem) return { ...reached, where, sql: null, target, close: async () => undefined };
  return logIn(target, where);
}
