import { ConfigError } from '../config/config.ts';
import { AppError } from '../errors.ts';

/** EX_CONFIG of sysexits.h. */
const configExit = 78;

/** The exit status of a command that ended with this error. */
export const exitStatusOf = (error: unknown): number => (error instanceof ConfigError ? configExit : 1);

/** The error as an operator reads it, without a stack. */
export function describeError(error: unknown): string {
  if (error instanceof AppError) {
    const fields = error.fields?.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
    return [error.code, fields ?? error.detail, error.cause instanceof Error ? error.cause.message : '']
      .filter(Boolean)
      .join(': ');
  }
  return error instanceof Error ? error.message : String(error);
}
