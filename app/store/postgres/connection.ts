import postgres from 'postgres';
import type { Logger } from '../../observe/log.ts';
import { type ConnectionTarget, parseTarget } from './connection-target.ts';
import { createServerSocket } from './handshake/server-socket.ts';
import { portableSettings } from './session-settings.ts';
import { clientTypes } from './wire-format.ts';

/** A client with one connection, not a pool. It connects at its first query, and again after a loss. */
export type Connection = postgres.Sql;

/** The longest delay before a reconnect, in seconds. */
const maxBackoff = 0.5;

/**
 * @param options.parameters sent at connect; a transaction-pooling PgBouncer rejects those it does not know
 * @param options.connectTimeout milliseconds
 * @throws TransportError when the target cannot be used
 */
export function connect(options: {
  target: ConnectionTarget;
  prepare: boolean;
  connectTimeout: number;
  parameters: Record<string, string | number>;
  log: Logger;
  onClose?: () => void;
}): Connection {
  const { url, path, host, port, server } = parseTarget(options.target);
  const clientOptions = {
    path,
    // Lists, because the client would split an IPv6 address at its colons (postgres/src/index.js, parseOptions).
    host: [host],
    port: [port],
    // The socket negotiates TLS and logs in. Without a password here, a server cannot ask the client for it later.
    socket: () => createServerSocket(server),
    ssl: false,
    password: () => '',
    max: 1,
    prepare: options.prepare,
    // Arrays are sent as JSON, so the client need not read the array types from the catalogue at every connect.
    fetch_types: false,
    connect_timeout: options.connectTimeout / 1000,
    // The pool replaces old connections. The client would end them between two statements of a transaction.
    max_lifetime: null,
    backoff: (retries: number) => Math.min(maxBackoff, 0.02 * 2 ** Math.min(retries, 10)),
    connection: { ...portableSettings, ...options.parameters },
    types: clientTypes,
    transform: { column: { from: postgres.toCamel } },
    onnotice: (notice: postgres.Notice) =>
      options.log.debug({ notice: notice.message }, 'notice from Postgres'),
    onclose: options.onClose,
  };
  // reason: the client documents `socket` and accepts lists, which its types do not declare.
  return postgres(url, clientOptions as unknown as postgres.Options<Record<string, never>>);
}
