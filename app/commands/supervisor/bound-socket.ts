import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { getSystemErrorName } from 'node:util';

/** A TCP socket that is bound to a port. */
export interface BoundSocket {
  readonly fd: number;
  close(): void;
}

interface TcpHandle extends BoundSocket {
  /** Reports the error of the bind as well, for example EADDRINUSE, which libuv keeps for later. */
  getsockname(address: object): number;
}

// reason: Node.js exports this function for its module cluster and declares no type for it. Its public functions bind and
// listen at once, and a process that listens also accepts connections. test/commands/supervisor.test.ts guards its use.
const { _createServerHandle: bindTcp } = net as unknown as {
  _createServerHandle(address: string | null, port: number, family: 4 | 6): TcpHandle | number;
};

/**
 * Binds a port without listening on it, so that this process accepts no connection. A process that gets the descriptor
 * listens. The kernel then keeps the port open, and the connections that nobody has accepted, until both have closed it.
 * @param host without it the socket accepts IPv6 and IPv4, or IPv4 alone where the kernel has no IPv6, as Node.js listens
 * @throws Error with the name of the system error, for example EADDRINUSE
 */
export async function bindPort(host: string | undefined, port: number): Promise<BoundSocket> {
  const { address, family } = host ? await lookup(host) : { address: null, family: 4 };
  const handle = bindTcp(address, port, family === 6 ? 6 : 4);
  if (typeof handle === 'number') throw new Error(getSystemErrorName(handle));
  const status = handle.getsockname({});
  if (status === 0) return handle;
  handle.close();
  throw new Error(getSystemErrorName(status));
}
