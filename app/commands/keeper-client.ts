import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveRelayed } from '../http/server/relayed-connections.ts';
import type { Logger } from '../observe/log.ts';
import { readLines } from './port-keeper/control-lines.ts';
import type { WaitingConnection } from './port-keeper/waiting-connections.ts';

/** Milliseconds for the answer of a port keeper, and between two attempts to reach it. */
const answerTimeout = 1_000;
const retryInterval = 1_000;

/** Milliseconds: a period of the CPU quota of Linux, and how much later than asked a timer of a process without work is. */
const quotaPeriod = 100;
const usualDelay = 10;

interface KeeperClientOptions {
  readonly server: Server;
  /** On the loopback interface. */
  readonly keeperPort: number;
  readonly log: Logger;
}

interface Session {
  readonly socket: Socket;
  readonly waiting: readonly WaitingConnection[];
}

/** Asks the port keeper to free the port. Null without an answer. */
async function release(keeperPort: number): Promise<Session | null> {
  const socket = connect({ host: '127.0.0.1', port: keeperPort, noDelay: true });
  const timeout = setTimeout(() => socket.destroy(new Error('no answer')), answerTimeout);
  socket.on('error', () => socket.destroy());
  try {
    await once(socket, 'connect');
    socket.write('release\n');
    const line = await new Promise<string>((resolve, reject) => {
      readLines(socket, resolve);
      socket.once('close', () => reject(new Error('closed')));
    });
    // reason: only the port keeper listens there, which writes this list.
    return { socket, waiting: JSON.parse(line) as WaitingConnection[] };
  } catch {
    socket.destroy();
    return null;
  } finally {
    clearTimeout(timeout);
  }
}

/**
 * Waits until the process has had a period without much work, at most ten of them. A process that has used up its CPU quota, as
 * the start does, is stopped for the rest of the period. Nobody listens between the answer of the port keeper and the next
 * statement of this process, so the process must not be stopped there.
 */
async function unusedQuota(): Promise<void> {
  for (let period = 0; period < 10; period += 1) {
    const start = performance.now();
    await sleep(quotaPeriod);
    if (performance.now() - start < quotaPeriod + usualDelay) return;
  }
}

/** Takes a connection over, with the address that its client has. */
function takeOver({ keeperPort, server }: KeeperClientOptions, { id, ...client }: WaitingConnection): void {
  const socket = connect({ allowHalfOpen: true, host: '127.0.0.1', port: keeperPort, noDelay: true });
  socket.on('error', () => socket.destroy());
  socket.once('connect', () => {
    socket.write(`take ${id}\n`);
    serveRelayed(server, socket, client);
  });
}

/**
 * Listens with a port keeper (port-keeper/), which accepts connections while this process is away: asks it to free the port,
 * listens, and then takes over the connections that wait. Without an answer of the port keeper the service listens as well,
 * and tries to reach it every second.
 * @param listen opens the port
 * @returns the port
 */
export async function listenWithKeeper(
  options: KeeperClientOptions,
  listen: () => Promise<number>,
): Promise<number> {
  const { keeperPort, log, server } = options;
  let isReported = false;

  function reportAbsence(): void {
    const message = 'the port keeper does not answer: connections are refused if this process ends';
    if (!isReported) log.warn({ event: 'port_keeper_unavailable', port: keeperPort }, message);
    isReported = true;
  }

  function announce(session: Session | null): void {
    if (!session) {
      reportAbsence();
      setTimeout(() => void reconnect(), retryInterval).unref();
      return;
    }
    isReported = false;
    const { socket, waiting } = session;
    // reason: a server that listens on a TCP port has an AddressInfo.
    const { address, port } = server.address() as AddressInfo;
    socket.write(`listening ${address} ${port}\n`);
    socket.unref();
    const disconnect = (): void => void socket.destroy();
    server.once('close', disconnect);
    socket.once('close', () => {
      server.off('close', disconnect);
      void reconnect();
    });
    for (const connection of waiting) takeOver(options, connection);
    const connections = waiting.length;
    if (connections > 0)
      log.info(
        { event: 'connections_taken_over', connections },
        'served the connections that the port keeper has accepted',
      );
  }

  async function reconnect(): Promise<void> {
    if (!server.listening) return;
    const session = await release(keeperPort);
    if (server.listening) announce(session);
    else session?.socket.destroy();
  }

  await unusedQuota();
  const session = await release(keeperPort);
  const port = await listen();
  announce(session);
  return port;
}
