import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Delays each chunk, and keeps their order while the delay changes: a later chunk may have a shorter one. */
function inOrder(write: (chunk: Buffer) => void) {
  let waiting = 0;
  let last = Promise.resolve();
  return (chunk: Buffer, delay: number): void => {
    if (delay === 0 && waiting === 0) {
      write(chunk);
      return;
    }
    waiting += 1;
    const due = performance.now() + delay;
    last = last.then(async () => {
      await sleep(Math.max(0, due - performance.now()));
      waiting -= 1;
      write(chunk);
    });
  };
}

/** A TCP proxy in front of a server. While frozen it accepts connections and forwards nothing, like a stopped process. */
export async function startProxy(target: { host: string; port: number }) {
  const sockets = new Set<Socket>();
  let frozen = false;
  let lag = 0;
  let closed = 0;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (frozen) socket.pause();
    return socket;
  };

  const server = createServer((client) => {
    const upstream = connect(target);
    client.on('close', () => {
      closed += 1;
    });
    for (const socket of [client, upstream]) keep(socket);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      const forward = inOrder((chunk) => void to.write(chunk));
      from.on('data', (chunk) => forward(chunk, lag));
      from.on('close', () => to.destroy());
      if (frozen) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    /** The number of connections that have been closed. */
    closed: (): number => closed,
    /** Delays all later bytes by some milliseconds, in each direction. */
    delay(ms: number): void {
      lag = ms;
    },
    freeze(): void {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    /** Forwards nothing more for the connections that exist now, as a firewall that has forgotten them. */
    forget(): void {
      for (const socket of sockets) socket.pause();
    },
    thaw(): void {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    close(): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
