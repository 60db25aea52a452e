import type { Socket } from 'node:net';

/** A connection that waits for the service. */
export interface WaitingConnection {
  readonly id: number;
  /** Address and port of the client. */
  readonly address: string;
  readonly port: number;
}

/**
 * Connections from which nothing has been read, so that the kernel limits what their clients can send.
 * @param maxConnections further connections are closed
 */
export function createWaitingConnections(maxConnections: number) {
  const sockets = new Map<number, Socket>();
  const clients = new WeakMap<Socket, WaitingConnection>();
  let lastId = 0;

  return {
    add(socket: Socket): void {
      const { remoteAddress: address, remotePort: port } = socket;
      // Undefined for a client that has left already.
      if (address === undefined || port === undefined || sockets.size >= maxConnections) {
        socket.destroy();
        return;
      }
      lastId += 1;
      const id = lastId;
      sockets.set(id, socket);
      clients.set(socket, { id, address, port });
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(id));
    },

    list: (): WaitingConnection[] => [...sockets.values()].flatMap((socket) => clients.get(socket) ?? []),

    /** Removes a connection from those that wait. */
    take(id: number): Socket | undefined {
      const socket = sockets.get(id);
      sockets.delete(id);
      return socket;
    },

    /** @returns how many connections it has closed */
    closeAll(): number {
      const count = sockets.size;
      for (const socket of sockets.values()) socket.destroy();
      sockets.clear();
      return count;
    },
  };
}
