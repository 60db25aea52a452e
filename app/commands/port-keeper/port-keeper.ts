import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Line } from '../../observe/events/events.ts';
import { createControlServer } from './control-server.ts';
import { createKeptPort, type ListenAddress } from './kept-port.ts';
import { relay } from './relay.ts';

export type KeeperEvent = 'port_kept' | 'port_not_kept';

/** Limits of what clients may occupy while the service is away. */
export interface KeeperLimits {
  readonly connections: number;
  /** Milliseconds. Then the port is closed, as it would be without a port keeper. */
  readonly time: number;
}

/** Clients seldom wait longer for an answer, and the kubelet delays repeated restarts by 10 seconds and more. */
export const keeperLimits: KeeperLimits = { connections: 1_000, time: 30_000 };

interface KeeperOptions {
  readonly limits: KeeperLimits;
  readonly log: (level: 'warn' | 'error', fields: Line<KeeperEvent>, message: string) => void;
}

const portOf = (address: ListenAddress | null): number => address?.port ?? 0;

/** Accepts connections while the service is away, and passes them on to its next start. */
export function createPortKeeper({ limits, log }: KeeperOptions) {
  let service: Socket | null = null;
  let address: ListenAddress | null = null;
  let deadline: NodeJS.Timeout | undefined;
  let isStopping = false;
  const keptPort = createKeptPort({
    maxConnections: limits.connections,
    onListening() {
      const message = 'the service has ended, and its connections wait for its next start';
      log('warn', { event: 'port_kept', port: portOf(address) }, message);
    },
    onFailure: ({ message }) => abandon(message),
  });

  function abandon(reason: string): void {
    clearTimeout(deadline);
    const connections = keptPort.abandon();
    const message = 'the service is away, and its port is closed';
    log('error', { event: 'port_not_kept', port: portOf(address), connections, reason }, message);
  }

  function onEnd(socket: Socket): void {
    if (service !== socket) return;
    service = null;
    if (isStopping || !address) return;
    keptPort.open(address);
    deadline = setTimeout(() => abandon(`the service is away for ${limits.time / 1_000} s`), limits.time);
  }

  function release(socket: Socket): void {
    service = socket;
    clearTimeout(deadline);
    keptPort.release(() => void socket.write(`${JSON.stringify(keptPort.waiting.list())}\n`));
  }

  const server = createControlServer({
    release,
    report(socket, listening) {
      if (service !== socket) return void socket.destroy();
      address = listening;
    },
    take(socket, id) {
      const client = keptPort.waiting.take(id);
      if (client) relay(client, socket);
      else socket.destroy();
    },
    onEnd,
  });
  return {
    server,
    /** Frees the port, and resolves when the service has ended, which may still drain. Relayed connections remain. */
    async stop(): Promise<void> {
      isStopping = true;
      clearTimeout(deadline);
      keptPort.abandon();
      if (service) await once(service, 'close');
      server.close();
    },
  };
}
