import { ConfigError } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import { commandLine } from '../../features/audit/audit-log.ts';
import { canonicalEmail } from '../../features/users/email-address.ts';
import { canonicalUsername } from '../../features/users/username.ts';
import { adminRole } from '../../store/tables/roles.ts';
import type { Account } from '../../store/tables/users.ts';
import { usernameKey } from '../../store/usernames/username-key.ts';
import type { Result } from '../command-context.ts';
import { withoutRedis } from '../session-changes.ts';
import type { AccountOptions } from './account-options.ts';
import type { Operator } from './operator.ts';

/** What a change did. A second call changes nothing, and is no error, so a Job can be repeated. */
export interface Change {
  readonly changed: boolean;
  /** One line for an operator, without the name of the account. */
  readonly message: string;
  /** Further results for --json. */
  readonly more?: Readonly<Record<string, string | number>>;
}

export type ChangeAccount = (operator: Operator, account: Account) => Promise<Change>;

/** @throws AppError user_not_found */
export async function findAccount({ store }: Operator, options: AccountOptions): Promise<Account> {
  const { email, id, username = '' } = options;
  const { users } = store;
  const byName = () => users.findByUsernameKey(usernameKey(canonicalUsername(username)));
  const byEmail = (text: string) => users.findByEmail(canonicalEmail(text));
  const found = await (id ? users.findById(id) : email === undefined ? byName() : byEmail(email));
  if (!found) throw new AppError('user_not_found');
  return found;
}

export const grantAdmin: ChangeAccount = async ({ administration }, { id, roles }) => {
  if (roles.includes(adminRole)) return { changed: false, message: 'was an administrator already' };
  await administration.changeRoles(commandLine, id, (before) => [...before, adminRole]);
  return { changed: true, message: 'is an administrator now' };
};

/** @throws AppError last_admin */
export const revokeAdmin: ChangeAccount = async ({ administration }, { id, roles }) => {
  if (!roles.includes(adminRole)) return { changed: false, message: 'was no administrator' };
  await administration.changeRoles(commandLine, id, (before) => before.filter((role) => role !== adminRole));
  return { changed: true, message: 'is no administrator any more' };
};

/** @throws AppError last_admin */
export const disableAccount: ChangeAccount = async ({ administration }, { disabledAt, id }) => {
  if (disabledAt) return { changed: false, message: 'was disabled already' };
  const { ended = [] } = await administration.disableUser(commandLine, id);
  const message = `is disabled, and ${ended.length} sessions have ended`;
  return { changed: true, message, more: { ended_sessions: ended.length } };
};

export const enableAccount: ChangeAccount = async ({ administration }, { disabledAt, id }) => {
  if (!disabledAt) return { changed: false, message: 'was not disabled' };
  await administration.enableUser(commandLine, id);
  return { changed: true, message: 'is enabled: its user can log in again' };
};

export const endSessions: ChangeAccount = async ({ administration }, { id }) => {
  const { ended = [] } = await administration.endSessions(commandLine, id);
  const message = `has no session any more: ${ended.length} have ended`;
  return { changed: ended.length > 0, message, more: { ended_sessions: ended.length } };
};

/**
 * @throws ConfigError without REDIS_URL, because the replicas count attempts in Redis
 * @throws Error if Redis does not answer
 */
export const unlockAccount: ChangeAccount = async ({ administration, hasRedis, redis }, { id }) => {
  if (!hasRedis)
    throw new ConfigError([
      'REDIS_URL is required to unlock an account: Redis counts the attempts to log in',
    ]);
  if (!(await redis.ping())) throw new Error('Redis does not answer, and it counts the attempts to log in');
  await administration.unlockUser(commandLine, id);
  const message = 'is unlocked: its failed attempts to log in do not count any more, from every network';
  return { changed: true, message };
};

/** @param template the address of a page with {token} in it, if there is such a page */
export const issueResetLink =
  (template: string | undefined): ChangeAccount =>
  async ({ administration }, { id }) => {
    const { expiresAt, token } = await administration.issueResetToken(commandLine, id);
    const expires = expiresAt.toISOString();
    const shown = template?.replaceAll('{token}', token) ?? token;
    const message = `can set a new password once, until ${expires}, with ${shown}`;
    return {
      changed: true,
      message,
      more: { token, ...(template && { link: shown }), expires_at: expires },
    };
  };

/** Runs a change of one account. @throws AppError user_not_found, or what the change throws */
export async function changeAccount(
  operator: Operator,
  options: AccountOptions,
  change: ChangeAccount,
): Promise<Result> {
  const account = await findAccount(operator, options);
  const { changed, message, more } = await change(operator, account);
  const { email, id, username } = account;
  const lines = [
    `user ${id} (${email}) ${message}`,
    ...(operator.hasRedis || !changed ? [] : [withoutRedis]),
  ];
  return { result: { id, email, username, changed, ...more }, lines };
}
