import { isIP } from 'node:net';
import type { Logger } from 'pino';
import { ConfigError } from '../../config/config.ts';
import { connect } from './connection.ts';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';
import { TransportError } from './handshake/transport-error.ts';

interface CheckOptions {
  readonly target: ConnectionTarget;
  /** The variable that contains the URL. */
  readonly variable: 'DB_OWNER_DB_URL' | 'DB_PRIMARY_DB_URL' | 'DB_REPLICA_DB_URL';
  readonly log: Logger;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/** On the loopback interface nobody is in the middle, for example between the service and a proxy in the same pod. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

function warn({ target, variable, log }: CheckOptions): void {
  const { host, server } = parseTarget(target);
  // Development accepts the method trust, and needs no warning.
  if (target.acceptsTrust || server.rules.isVerified || isLoopback(host)) return;
  const what = server.tls ? 'its certificate is not verified' : 'there is no TLS';
  log.warn(
    { event: 'postgres_unverified', variable },
    `the connection to Postgres (${variable}) is not safe from a man in the middle: ${what}`,
  );
}

async function connectOnce({ target, log, connectTimeout }: CheckOptions): Promise<void> {
  const connection = connect({ target, prepare: false, connectTimeout, parameters: {}, log });
  try {
    await connection.unsafe('select 1');
  } finally {
    await connection.end({ timeout: 0 });
  }
}

/**
 * Connects once before a command starts its work. An outage is no fault: the service handles outages at any time.
 * @throws ConfigError when the configuration forbids the server that answers, for example because its certificate is
 *   refused
 */
export async function checkServer(options: CheckOptions): Promise<void> {
  try {
    warn(options);
    await connectOnce(options);
  } catch (error) {
    if (error instanceof TransportError) throw new ConfigError([`${options.variable}: ${error.message}`]);
  }
}
