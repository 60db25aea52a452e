import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface ByteCounter {
  /** `127.0.0.1:41234` */
  readonly address: string;
  /** Bytes that clients have sent so far. */
  bytes(): number;
  /** Refuses connections from now on, as a service that is down. */
  stop(): Promise<void>;
}

/** Passes connections on to a port of the loopback address, unchanged, and counts what arrives there. */
export async function startByteCounter(port: number): Promise<ByteCounter> {
  const sockets = new Set<Socket>();
  let bytes = 0;
  const server = createServer((client) => {
    const service = connect(port, '127.0.0.1');
    client.on('data', (data) => {
      bytes += data.length;
    });
    for (const [socket, other] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // reason: a server that listens on a TCP port has an AddressInfo.
  const address = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${address.port}`,
    bytes: () => bytes,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
