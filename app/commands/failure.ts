import { CommanderError } from 'commander';
import { ConfigError } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { CommandFailed, UsageError } from './command-context.ts';
import { exitStatuses } from './exit-statuses.ts';

/** What the program does at its end because of an error. */
export interface Failure {
  readonly status: number;
  /** A stable name of the failure for programs. */
  readonly code: string;
  /** For an operator, without a stack. It is empty if the command or the parser has said it already. */
  readonly message: string;
  /** Whether the command has written its result, so that a second document would follow on standard output. */
  readonly isReported: boolean;
}

async function describeAppError({ cause, code, detail, fields }: AppError): Promise<string> {
  const { problems } = await import('../http/problem.ts');
  const what = fields?.map(({ path, message }) => `${path} ${message}`.trim()).join('; ') ?? detail;
  return [code, what ?? problems[code].title, cause instanceof Error ? cause.message : '']
    .filter(Boolean)
    .join(': ');
}

/** @param error what a command or the parser of the command line threw */
export async function failureOf(error: unknown): Promise<Failure> {
  const message = error instanceof Error ? error.message : String(error);
  // The parser has written the help or its message.
  if (error instanceof CommanderError) {
    const isAsked = error.exitCode === 0;
    return {
      status: isAsked ? exitStatuses.done : exitStatuses.usage,
      code: 'usage',
      message: '',
      isReported: isAsked,
    };
  }
  if (error instanceof CommandFailed)
    return { status: error.status, code: 'failed', message, isReported: true };
  const failure = { message, isReported: false };
  if (error instanceof UsageError) return { ...failure, status: exitStatuses.usage, code: 'usage' };
  if (error instanceof ConfigError)
    return { ...failure, status: exitStatuses.configuration, code: 'configuration' };
  if (error instanceof AppError)
    return {
      ...failure,
      status: exitStatuses.failed,
      code: error.code,
      message: await describeAppError(error),
    };
  return { ...failure, status: exitStatuses.failed, code: 'failed' };
}
