import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Metrics } from '../../observe/metrics.ts';
import { resetConnection, responsesOn } from '../in-flight.ts';

/** Unsent bytes of one connection with which it may send a further request. */
export const maxUnsentBytes = 256 * 1024;

/** Memory of an unsent response apart from its bytes: the objects of Node and Koa. Measured: 12 KiB of heap. */
const responseOverhead = 16 * 1024;

/** Bytes that responses have written and the kernel has not taken: in the socket, or behind another response. */
function unsentOn(socket: Socket): number {
  let bytes = 0;
  for (const { writableLength } of responsesOn(socket)) {
    if (writableLength > 0) bytes += writableLength + responseOverhead;
  }
  return bytes;
}

/**
 * Limits the bytes of responses that clients do not read. If all connections together exceed the budget, those that
 * have been blocked for the longest time are reset. A client that reads slowly loses its connection only then.
 * @param budget bytes. A buffer that several responses share counts for each of them.
 */
export function createUnsentLimit(budget: number, metrics: Metrics) {
  /** Bytes of each connection when it was last counted. The one that has been blocked for the longest time is first. */
  const blocked = new Map<Socket, number>();
  let total = 0;
  metrics.unsentBytes.onCollect(() => [{ labels: {}, value: total }]);

  function set(socket: Socket, bytes: number): void {
    total += bytes - (blocked.get(socket) ?? 0);
    if (bytes > 0) blocked.set(socket, bytes);
    else blocked.delete(socket);
  }
  const count = (socket: Socket): void => set(socket, socket.destroyed ? 0 : unsentOn(socket));

  function close(socket: Socket, reason: 'unsent' | 'unsent_connection'): void {
    metrics.closedConnections.inc({ reason });
    resetConnection(socket);
    set(socket, 0);
  }

  function enforceBudget(): void {
    for (const socket of blocked.keys()) {
      if (total <= budget) return;
      close(socket, 'unsent');
    }
  }

  /** The client has taken something, so its connection is now the one that has been blocked for the shortest time. */
  function onProgress(socket: Socket): void {
    if (!blocked.has(socket)) return;
    set(socket, 0);
    count(socket);
  }

  return {
    onProgress,

    /** Closes a connection that sends a further request instead of reading the responses to earlier ones. */
    closeIfBlocked(socket: Socket): void {
      if (!socket.destroyed && unsentOn(socket) > maxUnsentBytes) close(socket, 'unsent_connection');
    },

    /** @param handled resolves when the response has been written, or when its body is being streamed */
    async watch(response: ServerResponse, handled: Promise<void>): Promise<void> {
      const { socket } = response.req;
      const update = (): void => {
        count(socket);
        enforceBudget();
      };
      // A streamed body pauses when the client does not take its chunks, and at its end.
      response.once('pipe', (body: Readable) => body.on('pause', update));
      response.on('drain', () => onProgress(socket));
      await handled;
      if (response.writableLength > 0) update();
    },
  };
}
