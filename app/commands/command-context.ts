import type { Command } from 'commander';
import { type CommandName, type Config, parseConfig } from '../config/config.ts';
import type { Logger } from '../observe/log.ts';
import { loadEnvironmentFile } from './environment-file.ts';

/** What a command gets from the program. */
export interface CommandContext {
  readonly version: string;
  /**
   * Reads .env and the variables of the command.
   * @throws ConfigError
   */
  open(command: CommandName): Promise<{ config: Config; log: Logger }>;
  /** Writes the result: one JSON document with --json, otherwise the lines. */
  report(options: { readonly json?: boolean }, result: object, lines: readonly string[]): void;
}

/** The result of a command: for --json, and as lines for an operator. */
export interface Result {
  readonly result: object;
  readonly lines: readonly string[];
}

/**
 * Ends a command with a status after it has reported what failed. The message may be empty, because the report says what
 * failed.
 */
export class CommandFailed extends Error {
  /** The exit status. */
  readonly status: number;

  constructor(message = '', status = 1) {
    super(message);
    this.name = 'CommandFailed';
    this.status = status;
  }
}

/** Ends a command with the status 2: the command line cannot be followed as it is. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Adds the option --json, with which the context reports the result as one JSON document. */
export const withJson = (command: Command): Command =>
  command.option('--json', 'write the result as one JSON document, and the log to standard error');

/** Commands whose log is what they have to say, as long as nobody demands a document. */
const logsToStandardOutput: readonly CommandName[] = ['serve', 'migrate', 'purge'];

/** @param isJson whether the command line demands a JSON document on standard output */
export function createCommandContext(version: string, isJson: boolean): CommandContext {
  return {
    version,

    async open(command) {
      loadEnvironmentFile();
      const config = parseConfig(process.env, undefined, undefined, command);
      const { openLog } = await import('./terminal-log.ts');
      const log = await openLog(config, isJson || !logsToStandardOutput.includes(command), version);
      for (const fault of config.warnings)
        log.warn({ event: 'unused_variable_faulty' }, `${fault} (${command} does not read this variable)`);
      return { config, log };
    },

    report({ json }, result, lines) {
      const text = json ? JSON.stringify(result, null, 2) : lines.join('\n');
      process.stdout.write(`${text}\n`);
    },
  };
}
