import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The upper-case SHA-1 of a password, which the range protocol cuts after five digits. */
export const sha1 = (password: string): string =>
  createHash('sha1').update(password).digest('hex').toUpperCase();

/** Lines as a server of the range protocol sends them, with other suffixes around the given ones. */
export function rangeOf(counts: Readonly<Record<string, number>>): string {
  const others = ['003D68EB55068C33ACE09247EE4C639306B:3', '012C192B2F16F82EA0EB9EF18D9D539B0DD:0'];
  const lines = Object.entries(counts).map(([password, count]) => `${sha1(password).slice(5)}:${count}`);
  return [others[0], ...lines, others[1]].join('\r\n');
}

/** Answers with a range that contains these passwords, whatever was asked for. */
export const rangeWith =
  (counts: Readonly<Record<string, number>>): RequestListener =>
  (_request, response) =>
    void response.end(rangeOf(counts));

/** A server of the range protocol on a free port. A test chooses what it answers. */
export async function startRangeServer() {
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  let answer = rangeWith({});
  let connections = 0;
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // reason: a TCP server has such an address while it listens.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/range`,
    /** What arrived since the last call of `answerWith`. */
    asked,
    connections: () => connections,
    answerWith(next: RequestListener): void {
      answer = next;
      asked.length = 0;
    },
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export type RangeServer = Awaited<ReturnType<typeof startRangeServer>>;
