import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '../errors.ts';
import { type Logger, withoutRedaction } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Context, Middleware } from './context.ts';
import { securityEvent } from './security-events.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Refusals are the caller's business; what we could not do is ours. */
function levelOf(status: number): 'error' | 'warn' | 'info' {
  if (status === 500) return 'error';
  return status > 500 ? 'warn' : 'info';
}

/** What stands behind a failure. A refusal of our own says everything by its code; under a flood there are many. */
function causeOf(failure: unknown): unknown {
  return failure instanceof AppError ? failure.cause : failure;
}

/**
 * One line and one observation for each request, when its response is through or its connection gone. No query, body
 * or header value is logged (ASVS 16.2.5); the route is the template, and an unknown method counts as OTHER, so that
 * no caller can add series.
 */
export function requestLog(log: Logger, metrics: Metrics): Middleware {
  const plain = withoutRedaction(log);
  return (ctx: Context, next) => {
    const start = performance.now();
    metrics.requestsInFlight.inc();
    const onClose = (): void => {
      const seconds = (performance.now() - start) / 1000;
      metrics.requestsInFlight.dec();
      const { state } = ctx;
      const method = methods.has(ctx.method) ? ctx.method : 'OTHER';
      const status = ctx.res.writableFinished ? ctx.res.statusCode : 499;
      metrics.requestDuration.observe(seconds, { method, route: state.route, status: String(status) });
      const level = levelOf(status);
      if (!log.isLevelEnabled(level)) return;
      const { failure } = state;
      const code = failure instanceof AppError ? failure.code : undefined;
      const cause = status >= 500 ? causeOf(failure) : undefined;
      const lines = cause === undefined ? plain : log;
      lines[level](
        {
          event: 'request',
          requestId: state.requestId,
          ...(state.traceId && { traceId: state.traceId }),
          method,
          route: state.route,
          status,
          durationMs: Math.round(seconds * 1e5) / 100,
          ip: state.client.ip,
          ...(state.userId && { userId: state.userId }),
          ...(code && { code }),
          ...securityEvent({ method, route: state.route, status, code }),
          ...(cause !== undefined && { err: cause }),
        },
        'request',
      );
    };
    // The exemplar is that of the trace under way, and events come outside of it.
    ctx.res.once('close', ctx.state.traceId ? AsyncLocalStorage.bind(onClose) : onClose);
    return next();
  };
}
