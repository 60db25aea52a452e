import type { Logger } from '../../observe/log.ts';
import type { Store } from '../../store/store.ts';
import type { LoginAttempt } from './login-throttle.ts';

/**
 * Logs that an account has used up its login attempts for everybody. The user is looked up while the attempt is already
 * being answered, so that the time of the answer does not reveal whether there is such an account (ASVS 6.3.8).
 */
export function createLockoutLog(options: {
  readonly store: { readonly users: Pick<Store['users'], 'findByEmail'> };
  readonly log: Logger;
  readonly accountRef: (email: string) => string;
}) {
  const { store, log, accountRef } = options;

  return async function logLockout({ email, where }: LoginAttempt): Promise<void> {
    const account = await store.users.findByEmail(email).catch(() => null);
    const subject = { accountRef: accountRef(email), userId: account?.id ?? null, ...where };
    log.warn(
      { event: 'account_locked', ...subject },
      'an account has used up its login attempts for everybody',
    );
  };
}
