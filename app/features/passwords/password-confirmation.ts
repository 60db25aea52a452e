import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import { type LoginThrottle, refundUnlessChecked } from '../throttling/login-throttle.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** The session that asks for a change of its user's own account. */
export type OwnSession = Pick<ActiveSession, 'sessionId'> & { readonly user: Pick<User, 'id'> };

/** @throws AppError unauthorized */
export async function getOwnAccount(store: Store, userId: string): Promise<Account> {
  const account = await store.users.findById(userId);
  if (!account) throw new AppError('unauthorized');
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
   * @throws AppError wrong_password, rate_limited or overloaded
   */
  return async function confirmPassword(
    { user, sessionId }: OwnSession,
    password: string | undefined,
  ): Promise<Account> {
    const account = await getOwnAccount(store, user.id);
    if (password === undefined) throw new AppError('wrong_password');
    const attempt = await throttle.countConfirmation(sessionId);
    const { matches } = await refundUnlessChecked(attempt, () =>
      hasher.verify(account.passwordHash, password),
    );
    if (!matches) throw new AppError('wrong_password');
    return account;
  };
}

/**
 * The first step of a change: locks the account and checks that it is still as it was when the password was confirmed.
 * A reset or a disabling in between must not be undone by somebody who knew the password before.
 * @param confirmed the account as confirmPassword returned it; null where the change needs no password
 * @returns the account as it is now
 * @throws AppError unauthorized or wrong_password
 */
export async function lockOwnAccount(tx: Store, userId: string, confirmed: Account | null): Promise<Account> {
  const account = await tx.users.findByIdForUpdate(userId);
  if (!account || account.disabledAt) throw new AppError('unauthorized');
  const hasSamePassword = confirmed?.passwordChangedAt.getTime() === account.passwordChangedAt.getTime();
  if (confirmed && !hasSamePassword) throw new AppError('wrong_password');
  return account;
}
