import { createServer, request } from 'node:http';
import { closeServer, listen } from '../../../../app/http/server/server.ts';

/**
 * Passes requests on to a port of this machine and counts them.
 * @param refusals how many requests for a path it answers with 503 before it passes them on
 */
export async function startCountingProxy(port: number, refusals: Readonly<Record<string, number>> = {}) {
  const left = new Map(Object.entries(refusals));
  let requests = 0;
  let silentPath: string | null = null;
  const server = createServer((incoming, answer) => {
    requests += 1;
    const { headers, method, url = '' } = incoming;
    if (url === silentPath) return;
    const refused = left.get(url) ?? 0;
    if (refused > 0) {
      left.set(url, refused - 1);
      answer.writeHead(503).end();
      return;
    }
    const passedOn = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    passedOn.on('error', () => answer.destroy());
    incoming.pipe(passedOn);
  });
  const ownPort = await listen(server, 0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${ownPort}`,
    requests: (): number => requests,
    /** From now on, leaves requests for this path without an answer; null for none. */
    hold(path: string | null): void {
      silentPath = path;
    },
    close: () => closeServer(server, 0),
  };
}
