import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { RequestState } from '../route/context.ts';
import { createBareRefusals } from './bare-refusals.ts';
import { abortAll, trackResponses } from './in-flight.ts';

/** Bounds on slow and oversized clients, in milliseconds and bytes; the README lists them. */
export const clientBounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  maxRequestsPerSocket: 0,
} as const;

/** Milliseconds without a byte in either direction, after which a client that does not read its answer is cut. */
export const inactivityTimeout = 60_000;

/** Connections at once; beyond them new ones are closed unread. */
export const maxConnections = 16_384;

/** Requests that a connection may have unanswered: Node starts all that arrive pipelined before it serves others. */
export const maxPipelined = 16;

/** RFC 9112 section 3.2: exactly one, lest a proxy before us and we take different ones. HTTP/1.0 may have none. */
function hasOneHost({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') count += 1;
  return count === 1 || (count === 0 && httpVersion === '1.0');
}

/** RFC 9112 section 3.2: a path, `*`, or a whole URL, as for a proxy. */
const readableTarget = /^(?:\/|\*$|https?:\/\/(?:[\w.-]+|\[[\d:.a-f]+\])(?::\d{1,5})?(?:[/?]|$))/i;

/** At other targets, such as `http://[/`, Koa's parser throws, or complains on standard error. */
function hasReadableTarget({ url = '' }: IncomingMessage): boolean {
  return readableTarget.test(url) && (url.startsWith('/') || url === '*' || URL.canParse(url));
}

/** The API's listener. A draining process tells each client to connect anew, which takes it to another replica. */
export function createApiServer(
  app: Koa<RequestState>,
  options: { keepAliveTimeout: number; isDraining: () => boolean; log: Logger; metrics: Metrics },
): Server {
  const handle = app.callback();
  const refusals = createBareRefusals(options.log, options.metrics);

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (!follow(response)) {
      request.socket.destroy();
      return;
    }
    if (!hasOneHost(request) || !hasReadableTarget(request)) {
      refusals.answer('malformed_request', request, response);
      return;
    }
    if (options.isDraining()) response.setHeader('Connection', 'close');
    void handle(request, response);
  }
  // Node's own refusals of a missing Host, of an expectation and of CONNECT are bare or silent.
  const { keepAliveTimeout } = options;
  const server = createServer({ ...clientBounds, keepAliveTimeout, requireHostHeader: false }, serve);
  const follow = trackResponses(server, maxPipelined);
  server.timeout = inactivityTimeout;
  server.maxConnections = maxConnections;
  server.on('checkExpectation', serve);
  server.on('connect', (_request, socket) => refusals.end('method_not_allowed', socket));
  server.on('clientError', refusals.answerBadRequest);
  return server;
}

/** The scraper's listener, on a port that no ingress knows. */
export function createMetricsServer(metrics: Metrics): Server {
  return createServer(clientBounds, async (request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { 'Content-Type': metrics.registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
}

/** Resolves with the port, which differs from the one asked for when that was 0. Rejects when it is taken. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A server that listens on a TCP port has an AddressInfo.
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Lets requests under way finish for `timeout` milliseconds, then cuts what is left. */
export async function closeServer(server: Server, timeout: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => abortAll(server), timeout);
  await closed;
  clearTimeout(cut);
}
