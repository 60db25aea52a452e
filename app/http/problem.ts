import { AppError, type ErrorCode } from '../errors.ts';
import type { Context, Middleware } from './route/context.ts';

/** Status and title of every code; a code without them does not compile. */
export const problems: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  validation_failed: { status: 422, title: 'Some fields are not valid' },
  host_not_allowed: { status: 400, title: 'This host is not served here' },
  unauthorized: { status: 401, title: 'A valid access token is needed' },
  invalid_credentials: { status: 401, title: 'Email or password is wrong' },
  wrong_password: { status: 403, title: 'The password is wrong' },
  invalid_refresh_token: { status: 401, title: 'The refresh token is not valid' },
  invalid_reset_token: { status: 401, title: 'The reset token is not valid' },
  forbidden: { status: 403, title: 'This needs a role that you do not have' },
  not_found: { status: 404, title: 'There is nothing here' },
  user_not_found: { status: 404, title: 'There is no such user' },
  session_not_found: { status: 404, title: 'There is no such session' },
  role_not_found: { status: 404, title: 'There is no such role' },
  method_not_allowed: { status: 405, title: 'This method is not supported here' },
  email_taken: { status: 409, title: 'The email address is taken' },
  username_taken: { status: 409, title: 'The username is taken' },
  role_exists: { status: 409, title: 'The role exists already' },
  role_in_use: { status: 409, title: 'Users still have this role' },
  role_built_in: { status: 409, title: 'Built-in roles cannot be deleted' },
  last_admin: { status: 409, title: 'The last active administrator must stay' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  headers_too_large: { status: 431, title: 'The header fields are too large' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  password_too_common: { status: 422, title: 'The password is too common' },
  password_matches_identity: { status: 422, title: 'The password matches the account' },
  rate_limited: { status: 429, title: 'Too many attempts' },
  overloaded: { status: 503, title: 'Too busy right now' },
  service_unavailable: { status: 503, title: 'Not available right now' },
  internal_error: { status: 500, title: 'Something went wrong' },
};

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** RFC 9457. Only what an AppError says on purpose leaves the process; anything else is an internal error (ASVS 16.5.1). */
export function problemBody(error: AppError, requestId: string): ProblemBody {
  const { status, title } = problems[error.code];
  return {
    type: `urn:auth-service:problem:${error.code}`,
    title,
    status,
    detail: error.detail ?? title,
    code: error.code,
    request_id: requestId,
    ...(error.fields && { errors: error.fields }),
  };
}

/** Whole seconds, at least one (RFC 9110 section 10.2.3). */
export const retryAfterOf = (seconds: number): string => String(Math.max(1, Math.ceil(seconds)));

/** The budget that matters to this caller: `resetIn` seconds until the window ends. */
export function setRateLimit(
  ctx: Context,
  budget: { readonly limit: number; readonly remaining: number; readonly resetIn: number },
): void {
  ctx.set('RateLimit-Limit', String(budget.limit));
  ctx.set('RateLimit-Remaining', String(budget.remaining));
  ctx.set('RateLimit-Reset', String(budget.resetIn));
}

function write(ctx: Context, error: AppError): void {
  const { status } = problems[error.code];
  ctx.status = status;
  ctx.body = JSON.stringify(problemBody(error, ctx.state.requestId));
  ctx.type = 'application/problem+json; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  if (status === 401) ctx.set('WWW-Authenticate', 'Bearer');
  if (error.retryAfter !== undefined) ctx.set('Retry-After', retryAfterOf(error.retryAfter));
  if (error.budget) setRateLimit(ctx, { ...error.budget, remaining: 0 });
}

/** Koa answers an unknown path with 404, and the router an unknown method with 405 or 501, all without a body. */
function refusalOf(ctx: Context): AppError | null {
  if (ctx.body !== undefined && ctx.body !== null) return null;
  if (ctx.status === 404) return new AppError('not_found');
  return ctx.status === 405 || ctx.status === 501 ? new AppError('method_not_allowed') : null;
}

/** The only writer of error bodies. */
export function problem(): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      const refusal = refusalOf(ctx);
      if (refusal) write(ctx, refusal);
    } catch (error) {
      ctx.state.failure = error;
      write(ctx, error instanceof AppError ? error : new AppError('internal_error', { cause: error }));
    }
  };
}
