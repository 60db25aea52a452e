import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export function addAdminCommand(program: Command, { open }: CommandContext): void {
  const admin = program
    .command('admin')
    .summary('manage administrators and accounts')
    .description('Manages administrators and accounts.');
  admin
    .command('create')
    .summary('create an administrator')
    .description(
      'Creates an administrator. The command asks for the password, or reads it from the first line of standard input.',
    )
    .requiredOption('--email <email>', 'email of the account')
    .requiredOption('--username <name>', 'username of the account')
    .action(async ({ email, username }) => {
      const { config, log } = await open('admin');
      const { readPassword } = await import('./password-prompt.ts');
      const { createAdmin } = await import('./administrators.ts');
      const id = await createAdmin(config, log, { email, username, password: await readPassword() });
      print(`created administrator ${id}`);
    });
  admin
    .command('grant')
    .summary('make a user an administrator')
    .description('Makes an existing user an administrator.')
    .requiredOption('--email <email>', 'email of the account')
    .action(async ({ email }) => {
      const { config, log } = await open('admin');
      const { grantAdmin } = await import('./administrators.ts');
      print(`user ${await grantAdmin(config, log, email)} is an administrator now`);
    });
}
