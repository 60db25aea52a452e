import { AppError, type ErrorCode, type SpentBudget } from '../errors.ts';

/** Status and title of every code. A code without an entry does not compile. */
export const problems: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  validation_failed: { status: 422, title: 'Some fields are not valid' },
  host_not_allowed: { status: 400, title: 'This host is not served here' },
  unauthorized: { status: 401, title: 'A valid access token is needed' },
  insufficient_user_authentication: { status: 401, title: 'A more recent authentication is needed' },
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
  username_taken: { status: 409, title: 'The username is taken, or looks like one that is' },
  role_exists: { status: 409, title: 'The role exists already' },
  role_in_use: { status: 409, title: 'Users still have this role' },
  role_built_in: { status: 409, title: 'Built-in roles cannot be deleted' },
  last_admin: { status: 409, title: 'The last active administrator must stay' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  headers_too_large: { status: 431, title: 'The header fields are too large' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  username_reserved: { status: 422, title: 'The username is reserved' },
  password_too_common: { status: 422, title: 'The password is too common' },
  password_matches_identity: { status: 422, title: 'The password matches the account' },
  password_breached: { status: 422, title: 'The password is known from a data breach' },
  rate_limited: { status: 429, title: 'Too many attempts' },
  overloaded: { status: 503, title: 'Too busy right now' },
  service_unavailable: { status: 503, title: 'Not available right now' },
  internal_error: { status: 500, title: 'Something went wrong' },
};

/** The status of any error: an error that is not an AppError is a fault of the service. */
export const statusOfError = (error: unknown): number =>
  problems[error instanceof AppError ? error.code : 'internal_error'].status;

/** RFC 9457. Only the fields of an AppError leave the process, never its cause (ASVS 16.5.1). */
export function problemBody(error: AppError, requestId: string) {
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

/** @param state.resetIn seconds until the window ends */
export function rateLimitHeaders(state: SpentBudget & { readonly remaining: number }) {
  return {
    'RateLimit-Limit': String(state.limit),
    'RateLimit-Remaining': String(state.remaining),
    'RateLimit-Reset': String(state.resetIn),
  };
}

/** The challenge of a 401 (RFC 6750 section 3). It says what would help if that is a new authentication (RFC 9470 section 3). */
function challenge({ code, maxAge }: AppError): string {
  if (maxAge === undefined) return 'Bearer';
  return `Bearer error="${code}", error_description="${problems[code].title}", max_age="${maxAge}"`;
}

/** The only writer of error bodies: status, headers and body of the response to an error. */
export function problemResponse(error: AppError, requestId: string) {
  const { status } = problems[error.code];
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
  };
  if (status === 401) headers['WWW-Authenticate'] = challenge(error);
  // Whole seconds, at least one (RFC 9110 section 10.2.3).
  if (error.retryAfter !== undefined) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil(error.retryAfter)));
  }
  if (error.budget) Object.assign(headers, rateLimitHeaders({ ...error.budget, remaining: 0 }));
  return { status, headers, body: JSON.stringify(problemBody(error, requestId)) };
}
