/** The code of every error response. A code is part of the API: a published code is never renamed. */
export const errorCodes = [
  'malformed_request',
  'validation_failed',
  'host_not_allowed',
  'unauthorized',
  'insufficient_user_authentication',
  'invalid_credentials',
  'wrong_password',
  'invalid_refresh_token',
  'invalid_reset_token',
  'forbidden',
  'not_found',
  'user_not_found',
  'session_not_found',
  'role_not_found',
  'method_not_allowed',
  'email_taken',
  'username_taken',
  'role_exists',
  'role_in_use',
  'role_built_in',
  'last_admin',
  'payload_too_large',
  'headers_too_large',
  'request_timeout',
  'unsupported_media_type',
  'username_reserved',
  'password_too_common',
  'password_matches_identity',
  'password_breached',
  'rate_limited',
  'overloaded',
  'service_unavailable',
  'internal_error',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One invalid field. `path` is dotted: `address.0.city`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A rate limit that is used up: its number of attempts, and the seconds until the next attempt is allowed. */
export interface SpentBudget {
  readonly limit: number;
  readonly resetIn: number;
}

export interface AppErrorOptions {
  /** For the log only; never leaves the process. */
  readonly cause?: unknown;
  /** A sentence for the caller. */
  readonly detail?: string;
  readonly fields?: readonly FieldError[];
  /** Seconds to wait before the next attempt (Retry-After). */
  readonly retryAfter?: number;
  /** The rate limit behind `rate_limited`. */
  readonly budget?: SpentBudget;
  /** Seconds since the authentication that `insufficient_user_authentication` accepts at most. */
  readonly maxAge?: number;
}

/** An error with a stable code. It knows no HTTP: `http/problem.ts` assigns a status to each code. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;
  readonly budget: SpentBudget | undefined;
  readonly maxAge: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    // No stack trace: an AppError is a response, not a fault, and capturing stacks would be the largest cost of a flood
    // of refusals. The error behind it keeps its own stack, in `cause`.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(options.detail ?? code, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
    this.fields = options.fields;
    this.retryAfter = options.retryAfter;
    this.budget = options.budget;
    this.maxAge = options.maxAge;
  }
}
