import { AppError } from '../../errors.ts';
import { problemResponse } from '../problem.ts';
import type { Context, Middleware } from '../route/context.ts';

function write(ctx: Context, error: AppError): void {
  const { status, headers, body } = problemResponse(error, ctx.state.requestId);
  ctx.status = status;
  ctx.body = body;
  // After the body: Koa sets a Content-Type of its own for a string.
  ctx.set(headers);
}

/** Koa answers an unknown path with 404, and the router an unknown method with 405 or 501, all without a body. */
function errorOfStatus(ctx: Context): AppError | null {
  if (ctx.body !== undefined && ctx.body !== null) return null;
  if (ctx.status === 404) return new AppError('not_found');
  return ctx.status === 405 || ctx.status === 501 ? new AppError('method_not_allowed') : null;
}

/** Turns every error of the middleware below, and a 404 or 405 without a body, into a problem response (RFC 9457). */
export function problem(): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      const error = errorOfStatus(ctx);
      if (error) write(ctx, error);
    } catch (error) {
      ctx.state.failure = error;
      write(ctx, error instanceof AppError ? error : new AppError('internal_error', { cause: error }));
    }
  };
}
