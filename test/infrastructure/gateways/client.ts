import { type Agent, request as httpRequest, type IncomingMessage } from 'node:http';

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface GatewayRequest {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer;
  /** A connection pool that is kept for several requests. */
  readonly agent?: Agent;
}

/** Not the address of the gateways, so that the auth service can tell the client from them. */
export const clientAddress = '127.0.0.2';

function options(url: string, what: string, { token, headers, body, agent }: GatewayRequest) {
  const [method = 'GET', path = '/'] = what.split(' ');
  const { hostname, port } = new URL(url);
  const fields = {
    Host: 'orders.example.com',
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(body && { 'Content-Type': 'application/octet-stream', 'Content-Length': String(body.length) }),
  };
  return {
    hostname,
    localAddress: clientAddress,
    port,
    method,
    path,
    agent,
    headers: { ...fields, ...headers },
  };
}

/** Sends one request to a gateway, with the names of the fields written as they are. */
export function send(url: string, what: string, ask: GatewayRequest = {}): Promise<GatewayAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(options(url, what, ask), async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    request.once('error', reject);
    request.end(ask.body);
  });
}

/** Sends a WebSocket handshake and, if it is accepted, a few bytes. @returns the status, and the bytes that came back */
export function upgrade(
  url: string,
  path: string,
  token?: string,
): Promise<{ status: number; echo: string }> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(options(url, `GET ${path}`, { headers, ...(token && { token }) }));
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, echo: '' });
    });
    request.once('upgrade', (response, socket) => {
      socket.on('error', reject);
      socket.once('data', (data) => {
        resolve({ status: response.statusCode ?? 0, echo: data.toString() });
        socket.destroy();
      });
      socket.write('frame');
    });
    request.end();
  });
}
