import { existsSync } from 'node:fs';
import { type CommandName, type Config, parseConfig } from '../config/config.ts';
import type { Logger } from '../observe/log.ts';

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

/**
 * Ends a command with the status 1 after it has reported what failed. The message may be empty, because the report says what
 * failed.
 */
export class CommandFailed extends Error {
  constructor(message = '') {
    super(message);
    this.name = 'CommandFailed';
  }
}

/** Reads the variables of the file .env, if there is one. A variable that is set already keeps its value. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

async function open(command: CommandName): Promise<{ config: Config; log: Logger }> {
  loadEnvironmentFile();
  const config = parseConfig(process.env, undefined, undefined, command);
  const { openLog } = await import('./terminal-log.ts');
  const log = await openLog(config);
  for (const fault of config.warnings)
    log.warn({ event: 'unused_variable_faulty' }, `${fault} (${command} does not read this variable)`);
  return { config, log };
}

export function createCommandContext(version: string): CommandContext {
  return {
    version,
    open,
    report({ json }, result, lines) {
      const text = json ? JSON.stringify(result, null, 2) : lines.join('\n');
      process.stdout.write(`${text}\n`);
    },
  };
}
