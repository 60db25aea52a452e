import { randomUUID } from 'node:crypto';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type Koa from 'koa';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { RequestState } from './context.ts';
import { problemBody, problems } from './problem.ts';
import { bareSecurityHeaders } from './security-headers.ts';

/** Bounds on slow and oversized clients, in milliseconds and bytes; the README lists them. */
export const clientBounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  maxRequestsPerSocket: 0,
} as const;

const parserFailures: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** What Node's parser refuses never reaches Koa, yet deserves the same kind of answer. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = new AppError(parserFailures[error.code ?? ''] ?? 'malformed_request');
  const { status } = problems[refusal.code];
  const body = JSON.stringify(problemBody(refusal, randomUUID()));
  const headers = {
    ...bareSecurityHeaders,
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'));
}

/** The API's listener. A draining process tells each client to connect anew, which takes it to another replica. */
export function createApiServer(
  app: Koa<RequestState>,
  options: { keepAliveTimeout: number; isDraining: () => boolean },
): Server {
  const handle = app.callback();
  const server = createServer(
    { ...clientBounds, keepAliveTimeout: options.keepAliveTimeout },
    (request, response) => {
      if (options.isDraining()) response.setHeader('Connection', 'close');
      void handle(request, response);
    },
  );
  server.on('clientError', answerBadRequest);
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
  const cut = setTimeout(() => server.closeAllConnections(), timeout);
  await closed;
  clearTimeout(cut);
}
