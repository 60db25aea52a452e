import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

export function addAdminCommand(program: Command, { open }: CommandContext): void {
  const admin = program.command('admin').description('manage administrators');
  admin
    .command('create')
    .description('create an administrator; the command asks for the password or reads it from standard input')
    .requiredOption('--email <email>')
    .requiredOption('--username <name>')
    .action(async ({ email, username }) => {
      const { config, log } = await open('admin');
      const { readPassword } = await import('./password-prompt.ts');
      const { createAdmin } = await import('./administrators.ts');
      const id = await createAdmin(config, log, { email, username, password: await readPassword() });
      print(`created administrator ${id}`);
    });
  admin
    .command('grant')
    .description('make an existing user an administrator')
    .requiredOption('--email <email>')
    .action(async ({ email }) => {
      const { config, log } = await open('admin');
      const { grantAdmin } = await import('./administrators.ts');
      print(`user ${await grantAdmin(config, log, email)} is an administrator now`);
    });
}
