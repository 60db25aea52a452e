import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Config, Secret } from '../../config/config.ts';
import { readCaFile } from '../certificates.ts';
import type { Server } from './handshake/server-socket.ts';
import { TransportError } from './handshake/transport-error.ts';

type DatabaseConfig = Config['database'];

/** `acceptsTrust` is false when it is left out. */
export interface ConnectionTarget
  extends Pick<DatabaseConfig, 'sslMode' | 'caFile'>,
    Partial<Pick<DatabaseConfig, 'acceptsTrust' | 'ca'>> {
  readonly url: Secret;
  /** False for the primary: a standby may lag behind. @default false */
  readonly acceptsStandby?: boolean;
}

/** What is verified of the certificate: its chain up to a CA, and in full also its host name. */
type Verification = 'plain text' | 'none' | 'chain' | 'full';

/**
 * The modes of libpq. With a CA file `require` verifies the chain, as in libpq. `prefer` and `allow` mean `require`: a
 * fallback to plain text that an attacker can provoke protects nothing.
 */
function verificationOf(mode: string, ca: string | undefined): Verification {
  if (mode === 'disable') return 'plain text';
  if (mode === 'verify-full') return 'full';
  if (mode === 'verify-ca' || ca !== undefined) return 'chain';
  return 'none';
}

/** @throws TransportError when the file cannot be used, so that a wrong path is an error of the configuration */
function readCa(
  rootCert: string | null,
  { ca, caFile }: Pick<ConnectionTarget, 'ca' | 'caFile'>,
): string | undefined {
  if (rootCert === null && ca !== undefined) return ca;
  const path = rootCert === 'system' ? undefined : (rootCert ?? caFile);
  if (!path) return undefined;
  try {
    return readCaFile(path);
  } catch (cause) {
    const name = rootCert === null ? 'DB_CA_FILE' : 'sslrootcert';
    throw new TransportError(`The file in ${name} is not a readable file of CA certificates.`, { cause });
  }
}

/** Combinations of which libpq or a reader would expect more than they do. */
function checkMode(mode: string, rootCert: string | null, ca: string | undefined): void {
  if (rootCert === 'system' && mode !== 'verify-full') {
    throw new TransportError('sslrootcert=system needs sslmode=verify-full.');
  }
  if (mode === 'disable' && ca !== undefined) {
    throw new TransportError('sslmode=disable does not verify the server, although there is a CA file.');
  }
  if (mode === 'verify-ca' && ca === undefined) {
    throw new TransportError('sslmode=verify-ca needs a CA file: without one every public CA would do.');
  }
}

function tlsOptions(verification: Verification, host: string, ca: string | undefined): ConnectionOptions {
  const servername = isIP(host) ? {} : { servername: host };
  return {
    host,
    ...servername,
    ...(ca !== undefined && { ca }),
    rejectUnauthorized: verification !== 'none',
    ...(verification === 'chain' && { checkServerIdentity: () => undefined }),
  };
}

/** What the operator can do about a server that cannot be verified. */
function waysOut(namesMode: boolean, ca: string | undefined): string {
  const verified =
    ca === undefined ? 'Set DB_CA_FILE or DB_CA to the certificate of its CA' : 'Correct the CA certificates';
  const without = ca === undefined ? '' : ' without CA certificates';
  const unverified = namesMode ? 'sslmode=require in the URL' : 'DB_TLS=unverified';
  return `${verified}, or accept a server that is not verified with ${unverified}${without}.`;
}

const passwordIn = (url: string): string => decodeURIComponent(new URL(url).password);

/** The folder of a Unix socket, in the style of libpq: `?host=/run/postgresql`. */
function addressOf(url: URL): { host: string; port: number; path: string | undefined } {
  const folder = url.searchParams.get('host');
  const port = Number(url.port || 5432);
  const path = folder?.startsWith('/') ? `${folder}/.s.PGSQL.${port}` : undefined;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, path };
}

/** @throws TransportError when the parameters contradict each other, or the CA file cannot be read */
function serverOf(target: ConnectionTarget, url: URL): Server {
  const { host, port, path } = addressOf(url);
  const rules = {
    acceptsTrust: target.acceptsTrust ?? false,
    // The URL is read again, so that the next login uses a rotated password.
    password: () => passwordIn(target.url()),
  };
  // The permissions of its folder protect a Unix socket, and libpq ignores sslmode there as well.
  const { acceptsStandby = false } = target;
  if (path) return { address: { path }, tls: null, rules: { ...rules, isVerified: true }, acceptsStandby };
  const rootCert = url.searchParams.get('sslrootcert');
  const named = url.searchParams.get('sslmode');
  const mode = named ?? (rootCert === null ? target.sslMode : 'verify-full');
  const ca = readCa(rootCert, target);
  checkMode(mode, rootCert, ca);
  const verification = verificationOf(mode, ca);
  const tls = { options: tlsOptions(verification, host, ca), waysOut: waysOut(named !== null, ca) };
  return {
    address: { host, port },
    tls: verification === 'plain text' ? null : tls,
    rules: { ...rules, isVerified: verification === 'chain' || verification === 'full' },
    acceptsStandby,
  };
}

/**
 * Reads what the client would misread: the parameters for TLS, and a Unix socket. docs/security.md has the table of
 * the modes, which test/store/postgres/tls-modes.process.ts tries.
 * @throws TransportError when the parameters contradict each other, or the CA file cannot be read
 */
export function parseTarget(target: ConnectionTarget) {
  const url = new URL(target.url());
  const address = addressOf(url);
  const server = serverOf(target, url);
  for (const name of ['sslmode', 'sslrootcert', 'host', 'target_session_attrs'])
    url.searchParams.delete(name);
  return { url: url.href, ...address, server };
}
