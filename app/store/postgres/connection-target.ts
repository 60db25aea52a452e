import { isIP } from 'node:net';
import type { Config, Secret } from '../../config/config.ts';
import { readCaFile } from '../certificates.ts';

export interface ConnectionTarget extends Pick<Config['database'], 'sslMode' | 'caFile'> {
  readonly url: Secret;
}

/**
 * The TLS options for an sslmode of libpq. `false` is plain text. Unlike libpq, `prefer` and `allow` do not fall back
 * to plain text when TLS fails: a fallback that an attacker can provoke protects nothing.
 */
export function tlsOptions(mode: string, host: string, ca: string | undefined) {
  if (mode === 'disable') return false as const;
  const servername = isIP(host) ? undefined : host;
  if (mode === 'verify-full') return { rejectUnauthorized: true, ca, servername };
  // verify-ca checks the signature of the certificate and ignores its names.
  if (mode === 'verify-ca')
    return { rejectUnauthorized: true, ca, servername, checkServerIdentity: () => undefined };
  return { rejectUnauthorized: false, servername };
}

/** Reads what the client would misread: sslmode, and a socket's folder in the style of libpq (`?host=/run/postgresql`). */
export function parseTarget(target: ConnectionTarget) {
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
    path: isSocket ? `${folder}/.s.PGSQL.${port}` : undefined,
    // Lists, because the client would split an IPv6 address at its colons.
    host: [host],
    port: [port],
    ssl: tlsOptions(isSocket ? 'disable' : mode, host, ca),
  };
}
