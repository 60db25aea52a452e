import type { Logger } from 'pino';
import postgres from 'postgres';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';

/** A client with one connection, not a pool. It connects at its first query, and again after a loss. */
export type Connection = postgres.Sql;

/** The longest delay before a reconnect, in seconds. */
const maxBackoff = 0.5;

/**
 * @param options.parameters sent at connect; a transaction-pooling PgBouncer rejects those it does not know
 * @param options.connectTimeout milliseconds
 */
export function connect(options: {
  target: ConnectionTarget;
  prepare: boolean;
  connectTimeout: number;
  parameters: Record<string, string | number>;
  log: Logger;
  onClose?: () => void;
}): Connection {
  const { url, path, host, port, ssl } = parseTarget(options.target);
  return postgres(url, {
    path,
    // The client accepts lists here (postgres/src/index.js, parseOptions). Its types declare single values only.
    host: host as unknown as string,
    port: port as unknown as number,
    ssl,
    max: 1,
    prepare: options.prepare,
    // Arrays are sent as JSON, so the client need not read the array types from the catalogue at every connect.
    fetch_types: false,
    // The URL is read again, so that the next connection uses a rotated password.
    password: () => decodeURIComponent(new URL(options.target.url()).password),
    connect_timeout: options.connectTimeout / 1000,
    backoff: (retries: number) => Math.min(maxBackoff, 0.02 * 2 ** Math.min(retries, 10)),
    connection: { application_name: 'auth-service', ...options.parameters },
    transform: { column: { from: postgres.toCamel } },
    onnotice: (notice) => options.log.debug({ notice: notice.message }, 'notice from Postgres'),
    onclose: options.onClose,
  });
}
