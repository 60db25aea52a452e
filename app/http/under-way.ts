import type { Server, ServerResponse } from 'node:http';

const responses = new WeakMap<Server, Set<ServerResponse>>();
const cut = new WeakSet<ServerResponse>();

/** Remembers a response for as long as it has not been sent. */
export function follow(server: Server, response: ServerResponse): void {
  const open = responses.get(server) ?? new Set();
  responses.set(server, open);
  open.add(response);
  response.once('close', () => open.delete(response));
}

/** Cuts all connections, those with a request under way too. */
export function cutAll(server: Server): void {
  for (const response of responses.get(server) ?? []) cut.add(response);
  server.closeAllConnections();
}

/** Whether it was we who cut it: such a request failed, while one whose client went away did not. */
export const wasCut = (response: ServerResponse): boolean => cut.has(response);
