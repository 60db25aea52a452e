import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the application behind a gateway received it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  /** Names in lower case; every value of a repeated field is in the list. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly bodyBytes: number;
}

export interface Application {
  /** `127.0.0.1:41234` */
  readonly address: string;
  /** Every request since the last call. */
  take(): Received[];
  close(): Promise<void>;
}

function fieldsOf({ rawHeaders }: IncomingMessage): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    fields[name] = [...(fields[name] ?? []), rawHeaders[at + 1] ?? ''];
  }
  return fields;
}

/** RFC 6455 section 4.2.2. HAProxy checks the value. */
function acceptOf({ headers }: IncomingMessage): string {
  const text = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  return createHash('sha1').update(text).digest('base64');
}

/** An application that remembers each request, answers 200, and accepts every WebSocket handshake. */
export async function startApplication(): Promise<Application> {
  let received: Received[] = [];
  const remember = (request: IncomingMessage, bodyBytes: number): void => {
    const { method = '', url = '' } = request;
    received.push({ method, url, fields: fieldsOf(request), bodyBytes });
  };
  const server = createServer(async (request, response) => {
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += chunk.length;
    remember(request, bodyBytes);
    response.end('the application');
  });
  server.on('upgrade', (request, socket) => {
    remember(request, 0);
    const fields = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Accept: ${acceptOf(request)}`,
    ];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // reason: a server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    take: () => received.splice(0),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      received = [];
    },
  };
}
