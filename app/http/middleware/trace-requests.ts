import type { Tracing } from '../../observe/tracing.ts';
import { type Middleware, routeLabel } from '../route/context.ts';

/**
 * A span for each request, named by method and route template as OpenTelemetry's HTTP conventions ask.
 * @param untracedPaths paths of health probes
 */
export function traceRequests(tracing: Tracing, untracedPaths: ReadonlySet<string>): Middleware {
  return (ctx, next) => {
    const path = ctx.url.replace(/\?.*/, '');
    if (untracedPaths.has(path)) return next();
    return tracing.request(ctx.req.headers, async (span) => {
      ctx.state.traceId = span.traceId;
      ctx.set('traceresponse', span.header);
      try {
        await next();
      } finally {
        const route = routeLabel(ctx.state.endpoint);
        const attributes = {
          'http.request.method': ctx.method,
          'http.route': route,
          'http.response.status_code': ctx.status,
        };
        span.finish(`${ctx.method} ${route}`, attributes, ctx.status >= 500);
      }
    });
  };
}
