import type { CommandName, Config } from '../config/config.ts';
import type { Logger } from '../observe/log.ts';

/** What a command needs of the process. */
export interface CommandContext {
  readonly version: string;
  /** Reads .env and the configuration of the command. @throws ConfigError */
  open(command: CommandName): Promise<{ config: Config; log: Logger }>;
  /** Writes the result: one JSON document with --json, otherwise the lines. */
  report(options: { readonly json?: boolean }, result: object, lines: readonly string[]): void;
}

/** Thrown after the report of a run that ended as failed. Its message may be empty; the exit status is 1. */
export class CommandFailed extends Error {
  constructor(message = '') {
    super(message);
    this.name = 'CommandFailed';
  }
}
