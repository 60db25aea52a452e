import { Readable } from 'node:stream';
import type { RequestSpan, Tracing } from '../../observe/tracing.ts';
import { abortStatus } from '../in-flight.ts';
import { type Context, type Middleware, routeLabel } from '../route/context.ts';

function finish(ctx: Context, span: RequestSpan): void {
  const route = routeLabel(ctx.state.endpoint);
  const status = abortStatus(ctx.res) ?? ctx.status;
  const attributes = {
    'http.request.method': ctx.method,
    'http.route': route,
    'http.response.status_code': status,
  };
  span.finish(`${ctx.method} ${route}`, attributes, status >= 500);
}

/**
 * A span for each request, named by method and route template as OpenTelemetry's HTTP conventions ask.
 * @param untracedPaths paths of health probes and scrapes
 */
export function traceRequests(tracing: Tracing, untracedPaths: ReadonlySet<string>): Middleware {
  return (ctx, next) => {
    const path = ctx.url.replace(/\?.*/, '');
    if (untracedPaths.has(path)) return next();
    return tracing.request(ctx.req.headers, async (span) => {
      ctx.state.traceId = span.traceId;
      // `00-trace-span-flags` (W3C Trace Context level 2).
      ctx.state.spanId = span.header.split('-')[2];
      ctx.set('traceresponse', span.header);
      try {
        await next();
      } finally {
        // A streamed body is produced only now.
        if (ctx.body instanceof Readable) ctx.res.once('close', () => finish(ctx, span));
        else finish(ctx, span);
      }
    });
  };
}
