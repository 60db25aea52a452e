import { errorCode } from './errors.ts';

/** The SQLSTATE of a lock that was not free within lock_timeout. */
export const lockNotAvailable = '55P03';

/** The SQLSTATE of a statement that was cancelled. A wait for older transactions ends with it. */
const queryCanceled = '57014';

function describe(name: string, error: unknown, lastWait: string | null): string {
  const isAborted = [lockNotAvailable, queryCanceled].includes(errorCode(error));
  if (isAborted && lastWait) return `migration ${name} was aborted: it waited for ${lastWait}`;
  return `migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** A file of migrations could not be applied. The files before it are applied, and it has changed nothing. */
export class MigrationError extends Error {
  /** The SQLSTATE of Postgres, or the code of Node or of the client. */
  readonly code: string;

  /** @param lastWait the lock that it waited for, and who had the lock; null without a wait */
  constructor(name: string, cause: unknown, lastWait: string | null) {
    super(describe(name, cause, lastWait), { cause });
    this.name = 'MigrationError';
    this.code = errorCode(cause);
  }
}
