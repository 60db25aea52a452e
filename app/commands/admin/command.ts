import { type Command, InvalidArgumentError } from 'commander';
import { type CommandContext, withJson } from '../command-context.ts';
import { wholeNumber } from '../option-formats.ts';
import type { ChangeAccount } from './account-changes.ts';
import { checkAccountOptions, withAccountOptions } from './account-options.ts';

const helpOfAdmin = `
A change takes effect on every replica, and the audit log records it as one of the command line. A change that is made
already is no failure, so a Job can be repeated. Give the commands REDIS_URL of the service: changes are announced by Redis.

Examples:
  auth-service admin create --email admin@example.com --username first-admin
  auth-service admin create --email admin@example.com --username first-admin --password-file /run/secrets/password --if-missing
  auth-service admin unlock --email user@example.com
  auth-service admin list --json`;

type Changes = typeof import('./account-changes.ts');

interface AccountCommand {
  readonly summary: string;
  readonly description: string;
  choose(changes: Changes, options: { readonly url?: string }): ChangeAccount;
}

const accountCommands: Readonly<Record<string, AccountCommand>> = {
  grant: {
    summary: 'make a user an administrator',
    description: 'Makes an existing user an administrator.',
    choose: ({ grantAdmin }) => grantAdmin,
  },
  revoke: {
    summary: 'take the role of an administrator away',
    description: 'Takes the role of an administrator away. The last active administrator keeps it.',
    choose: ({ revokeAdmin }) => revokeAdmin,
  },
  disable: {
    summary: 'disable an account and end its sessions',
    description:
      'Disables an account and ends its sessions. The last active administrator cannot be disabled.',
    choose: ({ disableAccount }) => disableAccount,
  },
  enable: {
    summary: 'enable a disabled account',
    description: 'Enables a disabled account. Its user can log in again.',
    choose: ({ enableAccount }) => enableAccount,
  },
  unlock: {
    summary: 'forget the failed attempts to log in',
    description:
      'Forgets the failed attempts to log in to an account, from every network, so that its user need not wait. It needs REDIS_URL.',
    choose: ({ unlockAccount }) => unlockAccount,
  },
  'reset-link': {
    summary: 'issue a token with which the user sets a new password',
    description:
      'Issues a token with which the user sets a new password once (POST /api/v1/auth/password/reset), and shows it with its expiry. It replaces an earlier token.',
    choose: ({ issueResetLink }, { url }) => issueResetLink(url),
  },
};

function linkTemplate(text: string): string {
  if (URL.canParse(text) && text.includes('{token}')) return text;
  throw new InvalidArgumentError('It must be a URL that contains {token}.');
}

function addAccountCommands(admin: Command, { open, report }: CommandContext): void {
  for (const [name, { choose, description, summary }] of Object.entries(accountCommands)) {
    const command = withAccountOptions(withJson(admin.command(name)))
      .summary(summary)
      .description(description)
      .action(async (options) => {
        checkAccountOptions(options);
        const { config, log } = await open('admin');
        const { withOperator } = await import('./operator.ts');
        const changes = await import('./account-changes.ts');
        const { lines, result } = await withOperator(config, log, (operator) =>
          changes.changeAccount(operator, options, choose(changes, options)),
        );
        report(options, result, lines);
      });
    if (name === 'reset-link')
      command.option('--url <template>', 'address of your page for it, with {token} in it', linkTemplate);
  }
}

function addCreate(admin: Command, { open, report }: CommandContext): void {
  withJson(admin.command('create'))
    .summary('create an administrator')
    .description(
      'Creates an administrator. The command asks for the password, or reads it from the first line of a file or of standard input.',
    )
    .requiredOption('--email <email>', 'email of the administrator')
    .requiredOption('--username <name>', 'username of the administrator')
    .option('--password-file <file>', 'file with the password in its first line, such as a mounted Secret')
    .option('--if-missing', 'do nothing if this administrator exists already', false)
    .action(async (options) => {
      const { email, ifMissing, passwordFile, username } = options;
      const { config, log } = await open('admin');
      const { readPassword } = await import('./password-prompt.ts');
      const { createAdmin } = await import('./create-admin.ts');
      const password = () => readPassword(passwordFile);
      const { id, isCreated } = await createAdmin(config, log, { email, username, ifMissing, password });
      const line = isCreated ? `created administrator ${id}` : `administrator ${id} exists already`;
      report(options, { id, email, username, changed: isCreated }, [line]);
    });
}

function addList(admin: Command, { open, report }: CommandContext): void {
  withJson(admin.command('list'))
    .summary('show administrators, or all accounts')
    .description('Shows the administrators, newest first, with their status and their last login.')
    .option('--all', 'show all accounts', false)
    .option('--limit <n>', 'accounts on one page', wholeNumber(1, 1_000), 100)
    .option('--cursor <cursor>', 'show the page after the one that ended with this cursor')
    .action(async (options) => {
      const { config, log } = await open('admin');
      const { withStore } = await import('../../open-stores.ts');
      const { listAccounts } = await import('./list-accounts.ts');
      const { lines, result } = await withStore(config, log, (store) => listAccounts(store, options));
      report(options, result, lines);
    });
}

export function addAdminCommand(program: Command, context: CommandContext): void {
  const admin = program
    .command('admin')
    .summary('manage administrators and accounts')
    .description('Manages administrators and accounts.')
    .addHelpText('after', helpOfAdmin);
  addCreate(admin, context);
  addAccountCommands(admin, context);
  addList(admin, context);
}
