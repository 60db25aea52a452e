import { isIP } from 'node:net';
import { ConfigError } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import { connect } from './connection.ts';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';
import { TransportError } from './handshake/transport-error.ts';
import { PoolerError } from './pooling.ts';
import { detectProfile, type ServerProfile } from './server-profile.ts';
import { sessionTimeouts } from './session-timeouts.ts';
import { checkSettings } from './settings-check.ts';

interface CheckOptions {
  readonly target: ConnectionTarget;
  /** The variable that contains the URL. */
  readonly variable: 'DB_MIGRATION_URL' | 'DB_PRIMARY_DB_URL' | 'DB_REPLICA_DB_URL';
  readonly log: Logger;
  /** DB_TIMEOUT in milliseconds. */
  readonly timeout: number;
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
async function findFaultySettings({ target, variable, log, timeout }: CheckOptions): Promise<string[]> {
  const connection = connect({ target, prepare: false, connectTimeout: timeout, parameters: {}, log });
  try {
    return await checkSettings(connection, { variable, log });
  } finally {
    await connection.end({ timeout: 0 });
  }
}

/**
 * Connects once before a command starts its work. An outage is no fault: the service handles outages at any time.
 * @returns what is known about the server then, or undefined if it does not answer
 * @throws ConfigError when the configuration forbids the server that answers, for example because its certificate is
 *   refused, when it is a pooler that cannot be used, or when a setting of the server makes it answer wrongly
 */
export async function checkServer(options: CheckOptions): Promise<ServerProfile | undefined> {
  const { target, variable, timeout, log } = options;
  try {
    warn(options);
    const profile = await detectProfile({ target, settings: sessionTimeouts(timeout), timeout, log });
    const faults = await findFaultySettings(options);
    if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${variable}: ${fault}`));
    return profile;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const isFault = error instanceof TransportError || error instanceof PoolerError;
    if (isFault) throw new ConfigError([`${variable}: ${error.message}`]);
    return undefined;
  }
}
