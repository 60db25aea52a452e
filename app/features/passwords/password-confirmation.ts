import { AppError } from '../../errors.ts';
import type { LockedCaller } from '../../store/caller.ts';
import type { Reads, Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import { type LoginThrottle, refundUnlessChecked } from '../throttling/login-throttle.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** The session that asks for a change of its user's own account. */
export type OwnSession = Pick<ActiveSession, 'sessionId'> & { readonly user: Pick<User, 'id'> };

/** @throws AppError unauthorized */
export async function getOwnAccount(store: Pick<Reads, 'users'>, userId: string): Promise<Account> {
  const account = await store.users.findById(userId);
  if (!account) throw new AppError('unauthorized');
  return account;
}

/**
 * The account of a session that is still alive: a session that has ended must not find passwords out.
 * @throws AppError unauthorized
 */
export async function getAccountOf(store: Store, { sessionId, user }: OwnSession): Promise<Account> {
  const session = await store.sessions.find(sessionId);
  const account = session?.isActive ? session.account : null;
  if (!account || account.id !== user.id || account.disabledAt) throw new AppError('unauthorized');
  return account;
}

export type ConfirmPassword = ReturnType<typeof createConfirmPassword>;

export function createConfirmPassword(services: {
  store: Store;
  hasher: PasswordHasher;
  throttle: LoginThrottle;
}) {
  const { store, hasher, throttle } = services;

  /**
   * Asks for the password again, so that a stolen access token alone cannot take the account over. A right and a wrong
   * password count alike, because each costs a hash.
   * @throws AppError unauthorized, wrong_password, rate_limited or overloaded
   */
  return async function confirmPassword(session: OwnSession, password: string | undefined): Promise<Account> {
    const account = await getAccountOf(store, session);
    if (password === undefined) throw new AppError('wrong_password');
    const attempt = await throttle.countConfirmation(session.sessionId);
    const { matches } = await refundUnlessChecked(attempt, () =>
      hasher.verify(account.passwordHash, password),
    );
    if (!matches) throw new AppError('wrong_password');
    return account;
  };
}

/**
 * Checks in a change that the password is still the one that was confirmed: of two simultaneous changes by one session,
 * the one with the old password must not undo the new one.
 * @param confirmed the account as confirmPassword returned it; null where the change needs no password
 * @throws AppError wrong_password
 */
export function checkConfirmation(caller: LockedCaller, confirmed: Account | null): void {
  const hasSamePassword = confirmed?.passwordChangedAt.getTime() === caller.passwordChangedAt.getTime();
  if (confirmed && !hasSamePassword) throw new AppError('wrong_password');
}
