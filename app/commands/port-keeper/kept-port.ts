import { createServer, type Server, type Socket } from 'node:net';
import { createWaitingConnections } from './waiting-connections.ts';

/** Where the service listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

interface KeptPortOptions {
  readonly maxConnections: number;
  readonly onListening: () => void;
  readonly onFailure: (error: Error) => void;
}

/** Milliseconds between two attempts to listen while the kernel still closes the sockets of the ended service. */
const retryInterval = 1;

/** Accepts connections to the port of the service while the service is away. */
export function createKeptPort({ maxConnections, onFailure, onListening }: KeptPortOptions) {
  const waiting = createWaitingConnections(maxConnections);
  let server: Server | null = null;
  let accepted = 0;

  function accept(socket: Socket): void {
    accepted += 1;
    waiting.add(socket);
  }

  function close(): void {
    server?.close();
    server = null;
  }

  /**
   * Calls back when an iteration of the event loop has accepted nothing. libuv accepts one connection in each iteration, and
   * the kernel resets the others when the listener closes.
   */
  function whenAllAccepted(callback: () => void, before = -1): void {
    const now = accepted;
    if (now === before) callback();
    else setImmediate(() => whenAllAccepted(callback, now));
  }

  return {
    waiting,

    open({ host, port }: ListenAddress): void {
      const listener = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, accept);
      server = listener;
      const listen = (): void => {
        if (server === listener) listener.listen({ host, port });
      };
      listener.on('listening', onListening);
      listener.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') setTimeout(listen, retryInterval);
        else if (server === listener) onFailure(error);
      });
      listen();
    },

    /** Frees the port, after the connections that the kernel has accepted. They remain. */
    release(callback: () => void): void {
      setImmediate(() =>
        whenAllAccepted(() => {
          close();
          callback();
        }),
      );
    },

    /** Frees the port, and closes the connections. @returns how many */
    abandon(): number {
      close();
      return waiting.closeAll();
    },
  };
}
