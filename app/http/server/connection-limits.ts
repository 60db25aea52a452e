import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Metrics } from '../../observe/metrics.ts';
import { addressPrefix, createProxyCheck } from '../middleware/client-address.ts';

/**
 * Limits the connections of `server` (ASVS 15.2.2). A connection beyond the limit of its address (IPv4 address or IPv6
 * /64) is closed unread. When the process has no connection left, the address that has most of them loses its oldest
 * one: one client, or a hundred, cannot keep others out. A trusted proxy connects for many clients, so only the total
 * limits it.
 */
export function limitConnections(
  server: Server,
  options: {
    connections: number;
    connectionsPerAddress: number;
    trustedProxies: readonly string[];
    metrics: Pick<Metrics, 'connections' | 'closedConnections'>;
  },
): void {
  const { connections, connectionsPerAddress, metrics } = options;
  const isProxy = createProxyCheck(options.trustedProxies);
  const byNetwork = new Map<string, Set<Socket>>();
  const proxySockets = new Set<Socket>();
  let open = 0;
  metrics.connections.onCollect(() => [{ labels: {}, value: open }]);

  function close(socket: Socket, reason: 'address' | 'total'): void {
    socket.destroy();
    metrics.closedConnections.inc({ reason });
  }

  function release(network: string, sockets: Set<Socket>, socket: Socket): void {
    if (!sockets.delete(socket)) return;
    open -= 1;
    if (sockets.size === 0) byNetwork.delete(network);
  }

  /** Closes the oldest connection of the address that has most of them, if it has more than `count`. */
  function closeOne(count: number): boolean {
    let largest: [network: string, sockets: Set<Socket>] | undefined;
    for (const entry of byNetwork) if (entry[1].size > (largest?.[1].size ?? count)) largest = entry;
    const [oldest] = largest?.[1] ?? [];
    if (!largest || !oldest) return false;
    // At once: the close event comes later, and further connections may arrive before it.
    release(...largest, oldest);
    close(oldest, 'total');
    return true;
  }

  server.on('connection', (socket: Socket) => {
    const proxied = isProxy(socket.remoteAddress);
    const network = addressPrefix(socket.remoteAddress ?? '');
    const sockets = proxied ? proxySockets : (byNetwork.get(network) ?? new Set<Socket>());
    if (!proxied && sockets.size >= connectionsPerAddress) return close(socket, 'address');
    if (open >= connections && !closeOne(proxied ? 0 : sockets.size)) return close(socket, 'total');
    open += 1;
    sockets.add(socket);
    if (!proxied) byNetwork.set(network, sockets);
    socket.once('close', () => release(network, sockets, socket));
  });
}
