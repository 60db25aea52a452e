import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { checkAccountOptions, withAccountOptions } from '../admin/account-options.ts';
import { type CommandContext, UsageError, withJson } from '../command-context.ts';

/** @throws UsageError where nobody can answer the question, or the answer is not yes */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('--all needs --yes where there is no terminal to ask');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} Type yes to go on: `);
  terminal.close();
  if (answer.trim() !== 'yes') throw new UsageError('nothing was changed');
}

export function addSessionsCommand(program: Command, { open, report }: CommandContext): void {
  const sessions = program
    .command('sessions')
    .summary('end the sessions of users')
    .description('Ends the sessions of users.')
    .addHelpText(
      'after',
      '\nExamples:\n  auth-service sessions end --email user@example.com\n  auth-service sessions end --all --yes',
    );
  withAccountOptions(withJson(sessions.command('end')))
    .summary('end the sessions of one user or of all users')
    .description(
      'Ends the sessions of one user or of all users, and makes their reset tokens void. Every replica refuses their access tokens within one second.',
    )
    .option('--all', 'end the sessions of all users', false)
    .option('--yes', 'do not ask before all sessions end', false)
    .action(async (options) => {
      const names = [options.email, options.username, options.id].filter(Boolean);
      if (!options.all) checkAccountOptions(options);
      else if (names.length > 0) throw new UsageError('--all and an account exclude each other');
      else if (!options.yes) await confirm('All users have to log in again.');
      const { config, log } = await open('sessions');
      const { withOperator } = await import('../admin/operator.ts');
      const { changeAccount, endSessions } = await import('../admin/account-changes.ts');
      const { endEverySession } = await import('./end-sessions.ts');
      const { lines, result } = await withOperator(config, log, (operator) =>
        options.all ? endEverySession(operator) : changeAccount(operator, options, endSessions),
      );
      report(options, result, lines);
    });
}
