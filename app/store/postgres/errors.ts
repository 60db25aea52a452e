import postgres from 'postgres';
import { AppError } from '../../errors.ts';

/** What the driver says when our own code misuses it. */
const misuses = new Set([
  'UNDEFINED_VALUE',
  'NOT_TAGGED_CALL',
  'MAX_PARAMETERS_EXCEEDED',
  'COPY_IN_PROGRESS',
  'UNSAFE_TRANSACTION',
]);

/** What JavaScript says of a mistake in our own code, and Node of an argument it cannot use. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError];

/** SQLSTATEs that say how the server is, not what was wrong with the statement. Every other one is our own fault. */
const unavailableStates = [
  '08...', // the connection broke, or a pooler could not make one
  '25006', // a standby, or a full disk: reads may go on, and writes come back after the failover
  '25P0[34]', // a transaction took longer than the server allows: the deadline, kept by the server
  '28...', // the credentials are stale, or pg_hba.conf turns us away: the operator's to mend
  '3D000', // the database is not there (yet), as during a restore
  '53...', // no disk, memory or connection is left
  '55P03', // somebody holds the lock: a migration at work, under a lock_timeout that the server sets
  '57...', // shut down, starting, crashed, or the statement was cancelled, by the deadline or by an operator
  '58...', // the server's own input and output failed
  'XX...', // the server is broken, or its files are: no statement is right there
];
const unavailableState = new RegExp(`^(${unavailableStates.join('|')})$`);

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

const endsConnection = (error: postgres.PostgresError): boolean =>
  ['FATAL', 'PANIC'].includes(error.severity);

/**
 * Nothing more comes from this connection, or nothing good: what is not a refusal by Postgres broke the connection,
 * the server ends it after a FATAL error (a shutdown, a changed password), and 25006 is a primary that was turned
 * into a standby.
 */
export function isFatal(error: unknown): boolean {
  return !(error instanceof postgres.PostgresError) || endsConnection(error) || error.code === '25006';
}

export function unavailable(cause: unknown): AppError {
  return new AppError('service_unavailable', { cause, retryAfter: 1 });
}

/** Whether Postgres gave no answer at all: a refusal, of a connection too, comes from a server that is there. */
export function isOutage(error: unknown): boolean {
  const isUnavailable = error instanceof AppError && error.code === 'service_unavailable';
  return isUnavailable && !(error.cause instanceof postgres.PostgresError);
}

/** A statement that Postgres refused for its own sake, or a mistake that would be one with any server. */
function isOurFault(error: unknown): boolean {
  if (error instanceof postgres.PostgresError)
    return !endsConnection(error) && !unavailableState.test(error.code);
  return misuses.has(errorCode(error)) || mistakes.some((mistake) => error instanceof mistake);
}

/**
 * Everything that is not our own fault becomes service_unavailable, known or not: what keeps a connection from being
 * made has too many names to list (certificates, sockets, resolvers, files), and token checks fall back to Redis only
 * when they hear this one.
 */
export function translate(error: unknown): unknown {
  return error instanceof AppError || isOurFault(error) ? error : unavailable(error);
}
