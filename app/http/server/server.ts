import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { abortAll, trackResponses } from '../in-flight.ts';
import { createAddressResolver } from '../middleware/client-address.ts';
import type { RequestState } from '../route/context.ts';
import { limitConnections } from './connection-limits.ts';
import { isRelayed, relayedClosed } from './relayed-connections.ts';
import { createRequestScheduler } from './request-scheduler.ts';
import { createUnparsedRequestHandler } from './unparsed-requests.ts';
import { createUnsentLimit } from './unsent-bytes.ts';

/** Limits for slow and oversized clients, in milliseconds and bytes; docs/limits.md lists them. */
export const clientTimeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  maxRequestsPerSocket: 0,
} as const;

/** Milliseconds without a byte in either direction before a connection is closed. */
export const inactivityTimeout = 60_000;

/** Unanswered requests per connection. Node starts all pipelined requests before it serves other connections. */
export const maxPipelined = 16;

/**
 * RFC 9112 section 3.2 demands exactly one Host header. With two, a proxy and this service might each use a different
 * one. HTTP/1.0 allows none.
 */
function hasOneHost({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'host') count += 1;
  return count === 1 || (count === 0 && httpVersion === '1.0');
}

/** RFC 9112 section 3.2: a path, `*`, or a whole URL, as for a proxy. */
const readableTarget = /^(?:\/|\*$|https?:\/\/(?:[\w.-]+|\[[\d:.a-f]+\])(?::\d{1,5})?(?:[/?]|$))/i;

/** For other targets, such as `http://[/`, Koa's parser throws or writes to standard error. */
function hasReadableTarget({ url = '' }: IncomingMessage): boolean {
  return readableTarget.test(url) && (url.startsWith('/') || url === '*' || URL.canParse(url));
}

interface ServerOptions {
  readonly config: Pick<Config, 'http' | 'resources'>;
  readonly isDraining: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * The API's listener. While the process drains, each response asks its client to connect anew, which leads the client
 * to another replica. So does the response on a relayed connection, which leads the client past the relay.
 */
export function createApiServer(app: Koa<RequestState>, options: ServerOptions): Server {
  const { config, isDraining, log, metrics } = options;
  const { keepAliveTimeout, trustedProxies } = config.http;
  const handle = app.callback();
  const schedule = createRequestScheduler();
  const resolveAddress = createAddressResolver(config.http);
  const unparsed = createUnparsedRequestHandler(log, metrics);
  const unsent = createUnsentLimit(config.resources.unsentBytes, metrics);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!hasOneHost(request) || !hasReadableTarget(request)) {
      unparsed.answer('malformed_request', request, response);
      return;
    }
    if (isDraining() || isRelayed(request.socket)) response.setHeader('Connection', 'close');
    await handle(request, response);
  }

  function serve(request: IncomingMessage, response: ServerResponse): void {
    unsent.closeIfBlocked(request.socket);
    if (!track(response)) {
      request.socket.destroy();
      return;
    }
    schedule(resolveAddress(request).network, () => {
      // Nothing would record the end of a request whose client has left meanwhile.
      if (!request.socket.destroyed) void unsent.watch(response, answer(request, response));
    });
  }
  // Node's own answers to a missing Host, an Expect header and CONNECT have no body or are missing altogether.
  const server = createServer({ ...clientTimeouts, keepAliveTimeout, requireHostHeader: false }, serve);
  const track = trackResponses(server, maxPipelined, unsent.onProgress);
  server.timeout = inactivityTimeout;
  limitConnections(server, { ...config.resources, trustedProxies, metrics });
  server.on('checkExpectation', serve);
  server.on('connect', (_request, socket) => unparsed.end('method_not_allowed', socket));
  server.on('clientError', unparsed.onClientError);
  return server;
}

/**
 * Resolves with the port, which the system chooses if `port` is 0. Rejects if the port is taken.
 * @param host without it Node.js listens on `::`, which accepts IPv4 too, or on 0.0.0.0 where the kernel has no IPv6
 */
export function listen(server: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // reason: a server that listens on a TCP port has an AddressInfo.
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Waits up to `timeout` milliseconds for the requests in flight, then closes all connections. */
export async function closeServer(server: Server, timeout: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const abort = setTimeout(() => abortAll(server), timeout);
  await Promise.all([closed, relayedClosed(server)]);
  clearTimeout(abort);
}
