import { isIP } from 'node:net';
import type { Logger } from 'pino';
import postgres from 'postgres';
import { ConfigError } from '../../config/config.ts';
import { connect } from './connection.ts';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';
import { TransportError } from './handshake/transport-error.ts';
import { directSettings } from './session-settings.ts';
import { checkSettings } from './settings-check.ts';

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

/** @returns a sentence for each setting of the server with which the service must not start */
async function connectOnce(
  { target, variable, log, connectTimeout }: CheckOptions,
  parameters: Record<string, string>,
): Promise<string[]> {
  const connection = connect({ target, prepare: false, connectTimeout, parameters, log });
  try {
    return await checkSettings(connection, { variable, log });
  } finally {
    await connection.end({ timeout: 0 });
  }
}

/**
 * Connects once before a command starts its work. An outage is no fault: the service handles outages at any time.
 * @throws ConfigError when the configuration forbids the server that answers, for example because its certificate is
 *   refused, or if a setting of the server makes it answer wrongly
 */
export async function checkServer(options: CheckOptions): Promise<void> {
  try {
    warn(options);
    // A pooler may refuse the parameters, and then the values of the server apply.
    const faults = await connectOnce(options, directSettings).catch((error: unknown) => {
      if (!(error instanceof postgres.PostgresError)) throw error;
      return connectOnce(options, {});
    });
    if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${options.variable}: ${fault}`));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof TransportError) throw new ConfigError([`${options.variable}: ${error.message}`]);
  }
}
