import { createServer, request } from 'node:http';
import { closeServer, listen } from '../../../../app/http/server/server.ts';

/** Passes requests on to a port of this machine and counts them. */
export async function startCountingProxy(port: number) {
  let requests = 0;
  const server = createServer((incoming, answer) => {
    requests += 1;
    const { headers, method, url } = incoming;
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
    close: () => closeServer(server, 0),
  };
}
