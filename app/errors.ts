/** Every way a request can be refused. A code is part of the API: once published it is never renamed. */
export const errorCodes = [
  'malformed_request',
  'validation_failed',
  'host_not_allowed',
  'unauthorized',
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
  'password_too_common',
  'password_matches_identity',
  'rate_limited',
  'overloaded',
  'service_unavailable',
  'internal_error',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One field at fault; `path` is dotted as in the body: `address.0.city`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A budget that is spent: how many attempts it grants, and seconds until there is another. */
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
  /** Seconds after which trying again makes sense (Retry-After). */
  readonly retryAfter?: number;
  /** What a `rate_limited` is about. */
  readonly budget?: SpentBudget;
}

/** A refusal with a stable identity. Knows no HTTP: `http/problem.ts` gives each code its status. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly fields: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;
  readonly budget: SpentBudget | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    // A refusal is an answer, not a fault: nobody reads where it was made, and to find that out for each one is what
    // a flood of them would cost most. What stands behind it has its own stack, in `cause`.
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
  }
}
