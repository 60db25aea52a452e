import { Command } from 'commander';
import { addAdminCommand } from './admin/command.ts';
import type { CommandContext } from './command-context.ts';
import { addHealthCommand } from './health-command.ts';
import { addKeysCommand } from './keys/command.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addPurgeCommand } from './purge-command.ts';
import { addServeCommand } from './serve-command.ts';

/** The program with all commands and their options. It imports the code of a command only when the command runs. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('auth-service')
    .version(context.version)
    .description('Authentication service')
    // The options of a command belong to that command only: a kid may look like one of the options here.
    .enablePositionalOptions();
  addServeCommand(program, context);
  addMigrateCommand(program, context);
  addPurgeCommand(program, context);
  addKeysCommand(program, context);
  addAdminCommand(program, context);
  addHealthCommand(program);
  return program;
}
