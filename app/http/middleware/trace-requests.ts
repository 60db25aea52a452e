import { healthPaths } from '../../features/health/endpoints.ts';
import type { Tracing } from '../../observe/tracing.ts';
import type { Middleware } from '../route/context.ts';

const untraced: ReadonlySet<string> = new Set(healthPaths);

/** A span for each request but the probes, named by method and route template as OpenTelemetry's conventions ask. */
export function traceRequests(tracing: Tracing): Middleware {
  return (ctx, next) => {
    const path = ctx.url.replace(/\?.*/, '');
    if (untraced.has(path)) return next();
    return tracing.request(ctx.req.headers, async (span) => {
      ctx.state.traceId = span.traceId;
      ctx.set('traceresponse', span.header);
      try {
        await next();
      } finally {
        const { route } = ctx.state;
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
