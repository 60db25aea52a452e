import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { type ConnectionTarget, parseTarget } from '../../store/postgres/connection-target.ts';
import type { Environment } from './programs.ts';

type Server = ReturnType<typeof parseTarget>['server'];

/** Seconds to connect. */
const connectTimeout = '10';

/** The sslmode of libpq that verifies as much as the service does. */
function sslModeOf({ tls }: Server): 'disable' | 'require' | 'verify-ca' | 'verify-full' {
  if (!tls) return 'disable';
  if (tls.options.rejectUnauthorized === false) return 'require';
  return tls.options.checkServerIdentity ? 'verify-ca' : 'verify-full';
}

/**
 * A server that is not verified gets no password that it could read: with channel binding a man in the middle cannot
 * pass on the login, and `PGREQUIREAUTH` (libpq 16) allows SCRAM only. Older versions of libpq ignore the latter.
 */
function loginRules({ tls, rules }: Server): Environment {
  if (rules.isVerified || rules.acceptsTrust) return {};
  return { PGREQUIREAUTH: 'scram-sha-256', ...(tls ? { PGCHANNELBINDING: 'require' } : {}) };
}

/** libpq reads CA certificates from a file only. Before version 16 it does not know the CAs of the system. */
async function writeCa(server: Server): Promise<{ path: string; remove(): Promise<void> }> {
  const ca = server.tls?.options.ca;
  const folder = await mkdtemp(join(tmpdir(), 'auth-backup-'));
  const path = join(folder, 'ca.pem');
  await writeFile(path, ca === undefined ? rootCertificates.join('\n') : String(ca), { mode: 0o600 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * The environment in which pg_dump and pg_restore connect to the target as the service would: the same server, user and
 * database, and TLS by the same rules. The password is in the environment, never among the arguments.
 * @throws TransportError when the target cannot be used
 */
export async function openLibpq(
  target: ConnectionTarget,
): Promise<{ env: Environment; close(): Promise<void> }> {
  const { host, port, path, server } = parseTarget(target);
  const url = new URL(target.url());
  const mode = sslModeOf(server);
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const ca = mode.startsWith('verify') ? await writeCa(server) : null;
  return {
    env: {
      PGHOST: path ? path.slice(0, path.lastIndexOf('/')) : host,
      PGPORT: String(port),
      PGDATABASE: decodeURIComponent(url.pathname.slice(1)) || user,
      ...(user && { PGUSER: user }),
      ...(password && { PGPASSWORD: password }),
      PGSSLMODE: mode,
      ...(ca && { PGSSLROOTCERT: ca.path }),
      ...loginRules(server),
      // A fallback to another kind of encryption would bypass the rules for TLS.
      PGGSSENCMODE: 'disable',
      PGCONNECT_TIMEOUT: connectTimeout,
      PGAPPNAME: 'auth-service',
    },
    close: async () => ca?.remove(),
  };
}
