import { Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import type { SpanAttributes } from '../../observe/span-schema.ts';
import type { RequestSpan, Tracing } from '../../observe/tracing.ts';
import { abortStatus } from '../in-flight.ts';
import type { Context, Middleware } from '../route/context.ts';
import { isBelowCheck, maskedPath } from '../route/gateway-check.ts';
import type { HostCheck } from './allowed-hosts.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

const hostPattern = /^(\[[\da-f:.]{2,45}\]|[a-z\d._-]{1,253})(?::(\d{1,5}))?$/i;

/** The path, without anything that a client has chosen where a route has parameters. */
function pathOf({ path, state: { endpoint }, url }: Context): string {
  if (endpoint && !isBelowCheck(endpoint, path)) return endpoint.path.replaceAll(/:\w+/g, '*');
  return maskedPath(url) ?? '/';
}

/** Empty for a host that the service refuses, because then a client has made it up. */
function serverOf(host: string, isAllowed: HostCheck): SpanAttributes<'request'> {
  const [, address, port] = (isAllowed(host) && hostPattern.exec(host)) || [];
  return { ...(address && { 'server.address': address }), ...(port && { 'server.port': Number(port) }) };
}

/** The code of an error, or the name of its class, of which there are few. */
const errorType = (failure: unknown, status: number): string =>
  failure instanceof AppError ? failure.code : failure instanceof Error ? failure.name : String(status);

function finish(ctx: Context, span: RequestSpan, isAllowed: HostCheck): void {
  const { endpoint, failure } = ctx.state;
  const method = methods.has(ctx.method) ? ctx.method : '_OTHER';
  const status = abortStatus(ctx.res) ?? ctx.status;
  const isFailed = status >= 500;
  const attributes = {
    'http.request.method': method,
    'url.scheme': ctx.protocol,
    'url.path': pathOf(ctx),
    ...(endpoint && { 'http.route': endpoint.path }),
    'http.response.status_code': status,
    'network.protocol.version': ctx.req.httpVersion,
    ...serverOf(ctx.req.headers.host ?? '', isAllowed),
    ...(isFailed && { 'error.type': errorType(failure, status) }),
  };
  // An unusual method is `HTTP` in the name of a span.
  const first = method === '_OTHER' ? 'HTTP' : method;
  span.finish(endpoint ? `${first} ${endpoint.path}` : first, attributes, isFailed);
}

/**
 * A span for each request, named by method and route template as OpenTelemetry's HTTP conventions ask.
 * @param options.untracedPaths paths of health probes and scrapes
 * @param options.isTrusted whether the peer with this address may decide about sampling
 */
export function traceRequests(
  tracing: Tracing,
  options: {
    untracedPaths: ReadonlySet<string>;
    isTrusted: (remote: string | undefined) => boolean;
    isAllowedHost: HostCheck;
  },
): Middleware {
  const { isAllowedHost, isTrusted, untracedPaths } = options;
  return (ctx, next) => {
    const path = ctx.url.replace(/\?.*/, '');
    if (untracedPaths.has(path)) return next();
    const caller = { headers: ctx.req.headers, isTrusted: isTrusted(ctx.req.socket.remoteAddress) };
    return tracing.request(caller, async (span) => {
      ctx.state.traceId = span.traceId;
      // `00-trace-span-flags` (W3C Trace Context level 2).
      ctx.state.spanId = span.header.split('-')[2];
      ctx.set('traceresponse', span.header);
      try {
        await next();
      } finally {
        // A streamed body is produced only now.
        if (ctx.body instanceof Readable) ctx.res.once('close', () => finish(ctx, span, isAllowedHost));
        else finish(ctx, span, isAllowedHost);
      }
    });
  };
}
