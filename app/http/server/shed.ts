import { IncomingMessage, ServerResponse } from 'node:http';
import type Koa from 'koa';
import type { AppError } from '../../errors.ts';
import type { createHostCheck } from '../middleware/allowed-hosts.ts';
import type { PlaceOf } from '../middleware/client-address.ts';
import { requestIdOf } from '../middleware/identify.ts';
import type { RecordRequest } from '../middleware/request-log.ts';
import { bareSecurityHeaders } from '../middleware/security-headers.ts';
import { problemBody, problems, retryAfterOf } from '../problem.ts';
import type { RequestState } from '../route/context.ts';
import type { Endpoint } from '../route/endpoint.ts';

/** Names and values in turn: costs Node a third of what an object put together by spreading does. */
const fixedHeaders: readonly string[] = Object.entries({
  ...bareSecurityHeaders,
  Vary: 'Origin',
  'Content-Type': 'application/problem+json; charset=utf-8',
  'Cache-Control': 'no-store',
}).flat();

/** True when the request has been answered. */
type Shed = (request: IncomingMessage, response: ServerResponse) => boolean;

const textOf = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '');

/**
 * Refuses what needs room for a hash while there is none, at half the price of a way through all middleware. In a flood
 * of logins nearly every request is such a one, and what refusing costs is taken from the hashes of those that are
 * accepted. Leaves to Koa whatever the answer would depend on: a request from a browser of another origin, a Host that
 * may not be ours, and each request that there is room for, which is asked again there.
 */
export function createShed(options: {
  endpoints: readonly Endpoint[];
  isOurs: ReturnType<typeof createHostCheck>;
  placeOf: PlaceOf;
  record: RecordRequest;
}): Shed {
  const { isOurs, placeOf, record } = options;
  const hashing = options.endpoints.flatMap(({ method, path, access, room }) =>
    room && access === 'open' ? [[`${method.toUpperCase()} ${path}`, { path, room }] as const] : [],
  );
  const byLine = new Map(hashing);

  function refuse(error: AppError, path: string, request: IncomingMessage, response: ServerResponse): void {
    const start = performance.now();
    const { socket, method = '' } = request;
    const requestId = requestIdOf(textOf(request.headers['x-request-id']));
    const { ip } = placeOf(socket.remoteAddress, textOf(request.headers['x-forwarded-for']));
    const { status } = problems[error.code];
    const body = JSON.stringify(problemBody(error, requestId));
    const headers = [
      ...fixedHeaders,
      'X-Request-Id',
      requestId,
      'Content-Length',
      `${Buffer.byteLength(body)}`,
    ];
    if (error.retryAfter !== undefined) headers.push('Retry-After', retryAfterOf(error.retryAfter));
    response.writeHead(status, headers).end(body);
    const seconds = (performance.now() - start) / 1000;
    record({ method, route: path, status, seconds, requestId, ip, failure: error });
  }

  return (request, response) => {
    const endpoint = byLine.get(`${request.method} ${request.url}`);
    if (!endpoint || request.headers.origin !== undefined || !isOurs(request.headers.host)) return false;
    const refusal = endpoint.room.refusal();
    if (!refusal) return false;
    refuse(refusal, endpoint.path, request, response);
    return true;
  };
}

/** Lets `shed` see each request before Koa does. */
export function shedBefore(app: Koa<RequestState>, shed: Shed): void {
  const callback = app.callback.bind(app);
  app.callback = () => {
    const handle = callback();
    return async (request, response) => {
      const isHttp1 = request instanceof IncomingMessage && response instanceof ServerResponse;
      if (!isHttp1 || !shed(request, response)) await handle(request, response);
    };
  };
}
