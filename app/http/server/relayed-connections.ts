import type { Server } from 'node:http';
import { isIPv6, type Socket } from 'node:net';

const byServer = new WeakMap<Server, Set<Socket>>();
const relayed = new WeakSet<Socket>();

/** The client behind a relay. */
export interface RelayedClient {
  readonly address: string;
  readonly port: number;
}

/**
 * Serves a connection that this process has opened itself, to a relay that copies the bytes of a client. Limits, logs and
 * the login history see the address of the client.
 */
export function serveRelayed(server: Server, socket: Socket, { address, port }: RelayedClient): void {
  // They are getters of the prototype, which would return the address of the relay.
  Object.defineProperties(socket, {
    remoteAddress: { value: address },
    remotePort: { value: port },
    remoteFamily: { value: isIPv6(address) ? 'IPv6' : 'IPv4' },
  });
  const sockets = byServer.get(server) ?? new Set();
  byServer.set(server, sockets.add(socket));
  socket.once('close', () => sockets.delete(socket));
  relayed.add(socket);
  server.emit('connection', socket);
}

/** Whether a relay copies the bytes of this connection. Its next one should come without a relay. */
export const isRelayed = (socket: Socket): boolean => relayed.has(socket);

/** Resolves when all relayed connections have closed: `server.close` waits for accepted connections only. */
export async function relayedClosed(server: Server): Promise<void> {
  const closed = [...(byServer.get(server) ?? [])].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  );
  await Promise.all(closed);
}
