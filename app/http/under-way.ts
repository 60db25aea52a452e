import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a connection waits for. */
interface Debt {
  unanswered: number;
}

const open = new WeakMap<Server, Set<ServerResponse>>();
const cut = new WeakSet<ServerResponse>();

/**
 * What remembers the responses of a server for as long as they have not been sent. It gives the number of answers that
 * the response's connection waits for, this one included.
 */
export function createFollow(server: Server): (response: ServerResponse) => number {
  const responses = new Set<ServerResponse>();
  const debts = new WeakMap<Socket, Debt>();
  open.set(server, responses);

  function debtOf(socket: Socket): Debt {
    const known = debts.get(socket);
    if (known) return known;
    const debt = { unanswered: 0 };
    debts.set(socket, debt);
    return debt;
  }

  return (response) => {
    const debt = debtOf(response.req.socket);
    debt.unanswered += 1;
    responses.add(response);
    response.on('close', () => {
      debt.unanswered -= 1;
      responses.delete(response);
    });
    return debt.unanswered;
  };
}

/** Cuts all connections, those with a request under way too. */
export function cutAll(server: Server): void {
  for (const response of open.get(server) ?? []) cut.add(response);
  server.closeAllConnections();
}

/** Whether it was we who cut it: such a request failed, while one whose client went away did not. */
export const wasCut = (response: ServerResponse): boolean => cut.has(response);
