import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const inFlight = new WeakMap<Server, Set<ServerResponse>>();
const bySocket = new WeakMap<Socket, Set<ServerResponse>>();
const aborted = new WeakMap<ServerResponse, number>();

/**
 * Returns a function that tracks a response of `server` until it has been sent or its connection has closed. The
 * function returns false, and tracks nothing, if the connection is already closed or already has `maxPerConnection`
 * unanswered requests.
 * @param onClose called with the connection of each tracked response that has been sent or cannot be sent any more
 */
export function trackResponses(
  server: Server,
  maxPerConnection: number,
  onClose: (socket: Socket) => void = () => undefined,
) {
  const all = new Set<ServerResponse>();
  inFlight.set(server, all);

  function responsesOf(socket: Socket): Set<ServerResponse> {
    const known = bySocket.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    bySocket.set(socket, responses);
    // Before version 24, Node closes only the response that has the socket. Responses of pipelined requests queue behind
    // it without a socket: they would never close, and would stay in memory, unrecorded, until the process ends.
    socket.once('close', () => {
      // Node 24 closes the queued responses as well, but only after this event. Each must close once.
      setImmediate(() => {
        for (const response of responses) response.emit('close');
      });
    });
    return responses;
  }

  return (response: ServerResponse): boolean => {
    const { socket } = response.req;
    // Node goes on parsing what it has read, even after the socket was destroyed.
    if (socket.destroyed) return false;
    const responses = responsesOf(socket);
    if (responses.size >= maxPerConnection) return false;
    responses.add(response);
    all.add(response);
    response.once('close', () => {
      responses.delete(response);
      all.delete(response);
      onClose(socket);
    });
    return true;
  };
}

/** The responses of a connection that have not been sent completely. */
export const responsesOn = (socket: Socket): ReadonlySet<ServerResponse> => bySocket.get(socket) ?? new Set();

/** Closes all connections of the server, also those with a request in flight. */
export function abortAll(server: Server): void {
  for (const response of inFlight.get(server) ?? []) aborted.set(response, 503);
  server.closeAllConnections();
}

/**
 * Resets a connection. Its client sees an error even where the end of the connection would mark the end of the body
 * (RFC 9112 section 6.3: HTTP/1.0, which proxies use), and the kernel drops what the client has not taken.
 */
export function resetConnection(socket: Socket): void {
  // libuv refuses to reset a socket that has been ended, and would leave it open.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Resets the connection of a response that cannot be completed.
 * @param status what the request log records instead of the status that may have been sent
 */
export function abort(response: ServerResponse, status: number): void {
  aborted.set(response, status);
  resetConnection(response.req.socket);
}

/** The status for the request log if this process aborted the response; undefined if its client disconnected. */
export const abortStatus = (response: ServerResponse): number | undefined => aborted.get(response);
