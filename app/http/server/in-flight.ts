import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const followed = new WeakMap<Server, Set<ServerResponse>>();
const cut = new WeakSet<ServerResponse>();

/**
 * What remembers the responses of a server until each is sent or its connection gone. It gives false, and remembers
 * nothing, for a connection that is gone or waits for `most` answers already.
 */
export function trackResponses(server: Server, most: number): (response: ServerResponse) => boolean {
  const all = new Set<ServerResponse>();
  const owed = new WeakMap<Socket, Set<ServerResponse>>();
  followed.set(server, all);

  function owedTo(socket: Socket): Set<ServerResponse> {
    const known = owed.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    owed.set(socket, responses);
    // Node closes the response that has the socket. Those queued behind it have none, and would never hear that it is
    // gone: they would stay in memory, unrecorded, for as long as the process lives.
    socket.once('close', () => {
      for (const response of responses) if (!response.socket) response.emit('close');
    });
    return responses;
  }

  return (response) => {
    const { socket } = response.req;
    // Node parses to its end what it has read, also when the socket was destroyed halfway.
    if (socket.destroyed) return false;
    const responses = owedTo(socket);
    if (responses.size >= most) return false;
    responses.add(response);
    all.add(response);
    response.once('close', () => {
      responses.delete(response);
      all.delete(response);
    });
    return true;
  };
}

/** Cuts all connections, those with a request under way too. */
export function abortAll(server: Server): void {
  for (const response of followed.get(server) ?? []) cut.add(response);
  server.closeAllConnections();
}

/** Whether it was we who cut it: such a request failed, while one whose client went away did not. */
export const wasAborted = (response: ServerResponse): boolean => cut.has(response);
