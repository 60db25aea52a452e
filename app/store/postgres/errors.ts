import postgres from 'postgres';
import { AppError, type ErrorCode } from '../../errors.ts';

/** Error codes of the client for incorrect use by our own code. */
const misuse =
  /^(UNDEFINED_VALUE|NOT_TAGGED_CALL|MAX_PARAMETERS_EXCEEDED|COPY_IN_PROGRESS|UNSAFE_TRANSACTION)$/;

/** JavaScript throws these for a bug in our own code, and Node for an invalid argument. */
const bugs = [TypeError, RangeError, ReferenceError, SyntaxError];

/** SQLSTATEs that describe the state of the server, not an error in the statement. All others are our own fault. */
const unavailableStates = [
  '08...', // the connection broke, or a pooler could not open one
  '25006', // a standby or a full disk: reads may work, and writes will work after the failover
  '25P0[34]', // a transaction took longer than the server allows, which is our deadline
  '28...', // the credentials are out of date, or pg_hba.conf rejects them: the operator must act
  '3D000', // the database does not exist yet, as during a restore
  '53...', // no disk space, memory or connection is left
  '54000', // no transaction id is left until a vacuum
  '55P03', // a lock was not free within the server's lock_timeout, as during a migration
  '57...', // shutdown, start, crash, or a statement cancelled by the deadline or an operator
  '58...', // input or output of the server failed
  'XX...', // the server or its files are damaged, so every statement fails
];
const unavailableState = new RegExp(`^(${unavailableStates.join('|')})$`);

/** The SQLSTATE of Postgres, or the code of Node or of the client when Postgres gave no answer. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const codeByConstraint: Record<string, ErrorCode> = {
  users_email_key: 'email_taken',
  users_username_key: 'username_taken',
  users_username_lower_key: 'username_taken',
  users_username_comparison_key: 'username_taken',
  users_username_skeleton_key: 'username_taken',
  roles_name_key: 'role_exists',
};

/** Turns the violation of a constraint (SQLSTATE class 23) into its AppError. */
export async function translateConflict<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isViolation = error instanceof postgres.PostgresError && error.code.startsWith('23');
    const code = isViolation && codeByConstraint[error.constraint_name ?? ''];
    throw code ? new AppError(code, { cause: error }) : error;
  }
}

/** Postgres aborted the transaction because of a conflict with another one. The same work may succeed now. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(errorCode(error));

/**
 * SQLSTATEs of a prepared statement that cannot be executed, although its text may be correct: a table has changed since it
 * was prepared (0A000 and class 42), or another server connection of a pooler prepared it (26000, 42P05). Postgres refuses
 * such a statement before it does anything.
 */
const voidPlanState = /^(0A000|26000|42...)$/;

/** The same statement may succeed if it is not prepared. A wrong statement fails again. */
export const isVoidPlan = (error: unknown): boolean => voidPlanState.test(errorCode(error));

/**
 * The backend that answers does not know a prepared statement (26000), or knows another one by its name (42P05): a
 * pooler has given the connection another backend. The statement was not executed.
 */
export const isLostStatement = (error: unknown): boolean => ['26000', '42P05'].includes(errorCode(error));

/** Poolers such as PgBouncer 1.18 and Supavisor send the translated severity only. */
const endsConnection = (error: postgres.PostgresError): boolean =>
  ['FATAL', 'PANIC'].includes(error.severity ?? error.severity_local);

/**
 * Whether the connection must not be used again. Errors that Postgres did not send broke the connection. The server
 * ends the connection after a FATAL error (a shutdown, a changed password).
 */
export function isFatal(error: unknown): boolean {
  return !(error instanceof postgres.PostgresError) || endsConnection(error) || isReadOnly(error);
}

/** The server refuses writes. It may have been the primary until a moment ago. */
export const isReadOnly = (error: unknown): boolean => errorCode(error) === '25006';

export const unavailable = (cause: unknown): AppError =>
  new AppError('service_unavailable', { cause, retryAfter: 1 });

/**
 * Whether no server can be used, as far as this call can tell. A server that stops, starts or refuses the login ends the
 * connection, and so does a pooler without a server (PgBouncer 08P01, Supavisor XX000). Any other error that Postgres
 * sent shows a running server.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'service_unavailable') return false;
  const { cause } = error;
  return !(cause instanceof postgres.PostgresError) || endsConnection(cause) || cause.code.startsWith('08');
}

/** Whether the statement or our code is wrong, so that the same call would fail on any server. */
function isOurFault(error: unknown): boolean {
  if (error instanceof postgres.PostgresError)
    return !endsConnection(error) && !unavailableState.test(error.code);
  return misuse.test(errorCode(error)) || bugs.some((bug) => error instanceof bug);
}

/**
 * Turns every error that is not our own fault into service_unavailable, unknown errors included: the causes of a failed
 * connection are too many to list (certificates, sockets, DNS, files). Token checks fall back to Redis only on
 * service_unavailable.
 */
export function translate(error: unknown): unknown {
  return error instanceof AppError || isOurFault(error) ? error : unavailable(error);
}
