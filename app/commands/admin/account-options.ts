import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../command-context.ts';

/** The options that name one account. Exactly one of them is set. */
export interface AccountOptions {
  readonly email?: string;
  readonly username?: string;
  readonly id?: string;
}

function userId(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be the id of a user.');
}

/** Adds the options that name one account. */
export const withAccountOptions = (command: Command): Command =>
  command
    .option('--email <email>', 'the account with this email')
    .option('--username <name>', 'the account with this username')
    .option('--id <id>', 'the account with this id', userId);

/** @throws UsageError unless exactly one option names the account */
export function checkAccountOptions({ email, id, username }: AccountOptions): void {
  if ([email, id, username].filter((value) => value !== undefined).length !== 1)
    throw new UsageError('name one account, with one of --email, --username and --id');
}
