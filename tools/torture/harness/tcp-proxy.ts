import { connect, createServer, type Socket } from 'node:net';
import type { Cleanup } from './cleanup.ts';

export interface TcpProxy {
  readonly port: number;
  /** Ends all connections, and refuses every new one. */
  cut(): void;
  restore(): void;
}

/** Forwards connections to a port of this machine, for one client whose network fails alone. */
export async function startTcpProxy(target: number, cleanup: Cleanup): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  cleanup.add(() => {
    endAll();
    server.close();
  });
  return {
    port,
    cut() {
      isCut = true;
      endAll();
    },
    restore() {
      isCut = false;
    },
  };
}
