import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import postgres from 'postgres';
import type { Secret } from '../../config/reader.ts';

export type SslMode = 'disable' | 'require' | 'verify-full';

/** One Postgres session, not a pool; it connects at its first query and again after a loss. */
export type Connection = postgres.Sql;

export interface ConnectionTarget {
  readonly url: Secret;
  /** For a URL that names no sslmode. */
  readonly sslMode: SslMode;
  readonly caFile: string | undefined;
}

type Tls =
  | false
  | Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'servername' | 'checkServerIdentity'>;

/** A socket's path, or a host and its port. */
interface Where {
  readonly url: string;
  readonly path?: string;
  readonly host?: string[];
  readonly port?: number[];
  readonly ssl: Tls;
}

/** Longest wait before connecting again after a loss, in seconds. */
const longestBackoff = 0.5;

/**
 * How to encrypt, as libpq reads sslmode, except that prefer and allow do not fall back to plain text when TLS
 * fails: a fallback that an attacker can provoke protects nothing. `false` is plain text.
 */
export function tlsOptions(mode: string, host: string, ca: string | undefined): Tls {
  if (mode === 'disable') return false;
  const servername = isIP(host) ? undefined : host;
  if (mode === 'verify-full') return { rejectUnauthorized: true, ca, servername };
  // verify-ca asks who signed the certificate, not whom it names.
  if (mode === 'verify-ca')
    return { rejectUnauthorized: true, ca, servername, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false, servername };
}

const lastGoodCa = new Map<string, string>();

/** Its first certificate; the others are the TLS library's to read. */
function holdsCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

/**
 * The CA's certificates as they are now: a rotated CA counts for the next connection. As with a rotated URL, the last
 * good text stays in use while the file is away, empty or half written.
 * @throws Error of Node when the file never could be read
 */
function readCa(path: string): string {
  const last = lastGoodCa.get(path);
  try {
    const text = readFileSync(path, 'utf8');
    if (last !== undefined && !holdsCertificate(text)) return last;
    lastGoodCa.set(path, text);
    return text;
  } catch (error) {
    if (last === undefined) throw error;
    return last;
  }
}

/** Takes a URL apart; sslmode and the libpq way to name a socket's folder (`?host=/run/postgresql`) are ours to read. */
export function parseTarget(target: ConnectionTarget): Where {
  const url = new URL(target.url());
  const mode = url.searchParams.get('sslmode') ?? target.sslMode;
  const folder = url.searchParams.get('host');
  for (const name of ['sslmode', 'sslrootcert', 'host']) url.searchParams.delete(name);
  const ca = target.caFile ? readCa(target.caFile) : undefined;
  const isSocket = folder?.startsWith('/') ?? false;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 5432);
  return {
    url: url.href,
    // As lists, since the client would take an IPv6 address apart at its colons.
    ...(isSocket ? { path: `${folder}/.s.PGSQL.${port}` } : { host: [host], port: [port] }),
    ssl: isSocket ? false : tlsOptions(mode, host, ca),
  };
}

/** The password as it is now: a rotated secret counts for the next connection. */
function currentPassword(url: Secret): string {
  return decodeURIComponent(new URL(url()).password);
}

/**
 * @param options.parameters sent at connect; a transaction-pooling PgBouncer refuses those it does not know
 * @param options.connectTimeout milliseconds
 */
export function connect(options: {
  target: ConnectionTarget;
  prepare: boolean;
  connectTimeout: number;
  parameters: Record<string, string | number>;
  onNotice: (notice: postgres.Notice) => void;
  onClose?: () => void;
}): Connection {
  const { url, path, host, port, ssl } = parseTarget(options.target);
  return postgres(url, {
    // The client takes lists here (postgres/src/index.js, parseOptions); its types know of single values only.
    ...(path ? { path } : { host: host as unknown as string, port: port as unknown as number }),
    ssl,
    max: 1,
    prepare: options.prepare,
    // Arrays travel as JSON, so the catalogue need not be asked for array types at every connect.
    fetch_types: false,
    password: () => currentPassword(options.target.url),
    connect_timeout: options.connectTimeout / 1000,
    backoff: (retries: number) => Math.min(longestBackoff, 0.02 * 2 ** Math.min(retries, 10)),
    connection: { application_name: 'auth-service', ...options.parameters },
    transform: { column: { from: postgres.toCamel } },
    onnotice: options.onNotice,
    ...(options.onClose ? { onclose: options.onClose } : {}),
  });
}
