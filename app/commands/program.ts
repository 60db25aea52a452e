import { Command } from 'commander';
import { addAdminCommand } from './admin/command.ts';
import { addBackupCommand, addRestoreCommand } from './backup/command.ts';
import type { CommandContext } from './command-context.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addConfigCommand } from './config/command.ts';
import { addDoctorCommand } from './doctor/command.ts';
import { addHealthCommand } from './health-command.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addKeepPortCommand } from './port-keeper/command.ts';
import { addPurgeCommand } from './purge-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addSessionsCommand } from './sessions/command.ts';
import { addKeysCommand } from './signing-keys/command.ts';
import { addVerifyCommand } from './verify/command.ts';

const help = `
Without a command the program serves the API.

Configuration: environment variables, also from the file .env of the working folder; NAME_FILE names a file with the
value of a secret. docs/configuration.md lists them.
Exit status: 0 done, 1 failed, 2 the command line is wrong, 78 the configuration is wrong.
Documentation: docs/commands.md and docs/operations.md.

Examples:
  auth-service migrate
  auth-service serve
  auth-service admin create --email admin@example.com --username first-admin
  auth-service keys list --json`;

/**
 * The program with all commands and their options. It imports the code of a command only when the command runs. A wrong
 * command line, and the request for help, throw a CommanderError.
 */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('auth-service')
    .version(context.version, '-V, --version', 'write the version')
    .description('Authentication service.')
    .helpOption('-h, --help', 'show the help of the program or of a command')
    .addHelpText('after', help)
    // The options of a command belong to that command only: a kid may look like one of the options here.
    .enablePositionalOptions()
    .showHelpAfterError('Run the command with --help to see what it accepts.')
    // Before the commands are added, because each takes these settings from its parent.
    .exitOverride();
  addServeCommand(program, context);
  addKeepPortCommand(program);
  addMigrateCommand(program, context);
  addPurgeCommand(program, context);
  addHealthCommand(program, context);
  addAdminCommand(program, context);
  addSessionsCommand(program, context);
  addKeysCommand(program, context);
  addBackupCommand(program, context);
  addRestoreCommand(program, context);
  addVerifyCommand(program, context);
  addDoctorCommand(program, context);
  addConfigCommand(program, context);
  addCompletionCommand(program);
  return program;
}
