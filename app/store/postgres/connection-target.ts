import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Secret } from '../../config/config.ts';
import { readCaFile } from './ca-file.ts';

export type SslMode = 'disable' | 'require' | 'verify-full';

export interface ConnectionTarget {
  readonly url: Secret;
  /** Applies when the URL has no sslmode. */
  readonly sslMode: SslMode;
  readonly caFile: string | undefined;
}

type Tls =
  | false
  | Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca' | 'servername' | 'checkServerIdentity'>;

/** Either the path of a socket, or a host and its port. */
interface ParsedTarget {
  readonly url: string;
  readonly path?: string;
  readonly host?: string[];
  readonly port?: number[];
  readonly ssl: Tls;
}

/**
 * The TLS options for an sslmode of libpq. `false` is plain text. Unlike libpq, `prefer` and `allow` do not fall back
 * to plain text when TLS fails: a fallback that an attacker can provoke protects nothing.
 */
export function tlsOptions(mode: string, host: string, ca: string | undefined): Tls {
  if (mode === 'disable') return false;
  const servername = isIP(host) ? undefined : host;
  if (mode === 'verify-full') return { rejectUnauthorized: true, ca, servername };
  // verify-ca checks the signature of the certificate and ignores its names.
  if (mode === 'verify-ca')
    return { rejectUnauthorized: true, ca, servername, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false, servername };
}

/** Reads what the client would misread: sslmode, and a socket's folder in the style of libpq (`?host=/run/postgresql`). */
export function parseTarget(target: ConnectionTarget): ParsedTarget {
  const url = new URL(target.url());
  const mode = url.searchParams.get('sslmode') ?? target.sslMode;
  const folder = url.searchParams.get('host');
  for (const name of ['sslmode', 'sslrootcert', 'host']) url.searchParams.delete(name);
  const ca = target.caFile ? readCaFile(target.caFile) : undefined;
  const isSocket = folder?.startsWith('/') ?? false;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 5432);
  return {
    url: url.href,
    // Lists, because the client would split an IPv6 address at its colons.
    ...(isSocket ? { path: `${folder}/.s.PGSQL.${port}` } : { host: [host], port: [port] }),
    ssl: isSocket ? false : tlsOptions(mode, host, ca),
  };
}
