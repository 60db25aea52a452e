import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { Account, User } from '../../store/tables/users.ts';
import { keepingAnAdmin } from '../administration/last-admin.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { checkPassword } from '../passwords/password-policy.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { checkCounted, type LoginThrottle } from '../throttling/login-throttle.ts';

export type Accounts = ReturnType<typeof createAccounts>;

export interface IdentityChange {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

/** Whose account, and which of its sessions asks. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
}

/** What users do with their own account. */
export function createAccounts(options: {
  store: Store;
  sessions: Sessions;
  states: SessionStates;
  hasher: PasswordHasher;
  throttle: LoginThrottle;
  devices: DeviceTokens;
}) {
  const { store, sessions, states, hasher, throttle, devices } = options;

  async function getAccount(userId: string): Promise<Account> {
    const account = await store.users.findById(userId);
    if (!account) throw new AppError('unauthorized');
    return account;
  }

  /**
   * The password again, so that a stolen access token alone cannot take the account over. Right or wrong it counts:
   * each costs a hash.
   */
  async function confirmPassword(caller: Caller, password: string | undefined): Promise<Account> {
    const account = await getAccount(caller.userId);
    if (password === undefined) throw new AppError('wrong_password');
    const admission = await throttle.countConfirmation(caller.sessionId);
    const { matches } = await checkCounted(admission, () => hasher.verify(account.passwordHash, password));
    if (!matches) throw new AppError('wrong_password');
    return account;
  }

  /**
   * First step of a change: what was true when the request came must be true when it is made. A reset or a disabling
   * in between must not be undone by whoever knew the password before.
   */
  async function lockAccount(within: Store, userId: string, confirmed: Account | null): Promise<void> {
    const account = await within.users.findByIdForUpdate(userId);
    if (!account || account.disabledAt) throw new AppError('unauthorized');
    const hasSamePassword = confirmed?.passwordChangedAt.getTime() === account.passwordChangedAt.getTime();
    if (confirmed && !hasSamePassword) throw new AppError('wrong_password');
  }

  return {
    /**
     * A new email needs the password (ASVS 7.5.1); a new username does not.
     * @throws AppError wrong_password, email_taken, username_taken, rate_limited or overloaded
     */
    async update(caller: Caller, change: IdentityChange & { password?: string | undefined }): Promise<User> {
      const { userId } = caller;
      const confirmed = change.email === undefined ? null : await confirmPassword(caller, change.password);
      const account = await store.transaction(async (within) => {
        await lockAccount(within, userId, confirmed);
        return within.users.updateIdentity(userId, {
          ...(change.email !== undefined && { email: change.email.toLowerCase() }),
          ...(change.username !== undefined && { username: change.username }),
        });
      });
      await states.userChanged(userId, account.version);
      return account;
    },

    /**
     * Changes the password, ends all other sessions and forgets every device but the caller's, which has just shown
     * what a login would have (ASVS 6.2.3, 7.4.3).
     * @returns a device token: without one the owner would take turns with whoever is guessing
     * @throws AppError wrong_password, a password policy code, rate_limited or overloaded
     */
    async changePassword(caller: Caller, current: string, next: string): Promise<string> {
      const { userId, sessionId } = caller;
      // First what costs nothing: a password that will be refused must not spend one of the few confirmations.
      checkPassword(next, await getAccount(userId), 'new_password');
      const account = await confirmPassword(caller, current);
      const hash = await hasher.hash(next);
      const { ended, deviceEpoch } = await store.transaction(async (within) => {
        await lockAccount(within, userId, account);
        const { deviceEpoch } = await within.users.setPassword(userId, hash);
        return { deviceEpoch, ended: await within.sessions.endAll(userId, 'password_changed', sessionId) };
      });
      await states.sessionsEnded(ended);
      return devices.issue({ id: userId, deviceEpoch });
    },

    /**
     * A soft delete: the row stays for the audit trail, email and username become free, all sessions end.
     * @throws AppError wrong_password, last_admin, rate_limited or overloaded
     */
    async remove(caller: Caller, password: string): Promise<void> {
      const { userId } = caller;
      const confirmed = await confirmPassword(caller, password);
      const { ended, version } = await keepingAnAdmin(store, async (within) => {
        await lockAccount(within, userId, confirmed);
        const version = await within.users.softDelete(userId);
        return { version, ended: await within.sessions.endAll(userId, 'account_deleted') };
      });
      await states.sessionsEnded(ended);
      await states.userChanged(userId, version);
    },

    /** Ends every session and forgets every device (ASVS 7.4.3). */
    async logOutEverywhere(userId: string): Promise<void> {
      const ended = await store.transaction(async (within) => {
        await within.users.forgetDevices(userId);
        return within.sessions.endAll(userId, 'logout_all');
      });
      await states.sessionsEnded(ended);
    },

    listSessions: (userId: string) => store.sessions.listActive(userId),

    endSession: (userId: string, sessionId: string) => sessions.end(sessionId, userId, 'ended_by_user'),
  };
}
