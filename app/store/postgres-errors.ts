import postgres from 'postgres';
import { AppError } from '../errors.ts';

const unreachable = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
]);

/** Connection (08), resources (53), shutdown (57P0x), the deadline (57014, 25P03), stale credentials or server (others). */
const unavailableState = /^(08...|53...|57P0.|57014|25P03|28...|3D000|25006)$/;

/** SQLSTATE of Postgres, or the code of Node or of the driver when it did not come that far. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Name of the constraint that refused a row, when one did (SQLSTATE class 23). */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError && error.code.startsWith('23')
    ? error.constraint_name
    : undefined;
}

/** Postgres gave this transaction up for another's sake; the same work may well succeed now. */
export function isRetryable(error: unknown): boolean {
  return ['40001', '40P01'].includes(errorCode(error));
}

/**
 * Nothing more comes from this connection, or nothing good: what is not a refusal by Postgres broke the connection,
 * the server ends it after a FATAL error (a shutdown, a changed password), and 25006 is a primary that was turned
 * into a standby.
 */
export function isFatal(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return true;
  return ['FATAL', 'PANIC'].includes(error.severity) || error.code === '25006';
}

export function unavailable(cause: unknown): AppError {
  return new AppError('service_unavailable', { cause, retryAfter: 1 });
}

/** What cannot be the caller's fault becomes service_unavailable; everything else passes through. */
export function translate(error: unknown): unknown {
  const code = errorCode(error);
  return unreachable.has(code) || (error instanceof postgres.PostgresError && unavailableState.test(code))
    ? unavailable(error)
    : error;
}
