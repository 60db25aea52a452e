import type { Client } from '../../http/client.ts';
import type { Caller } from '../../store/caller.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../../store/tables/users.ts';
import { actorOf, onUser, writeAudit } from '../audit/audit-log.ts';
import { deletionOf, identityDifference } from '../audit/differences.ts';
import {
  type ConfirmPassword,
  checkConfirmation,
  getOwnAccount,
} from '../passwords/password-confirmation.ts';
import { keepAnAdmin } from '../roles/last-admin.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import { checkUsername } from '../users/reserved-usernames.ts';
import type { IdentityChange } from '../users/user.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** The columns of a change of email or username. */
export const identityColumns = ({ email, username }: IdentityChange) => ({
  ...(email !== undefined && { email }),
  ...(username !== undefined && { username }),
});

type OwnIdentityChange = IdentityChange & { readonly password?: string | undefined };

/** What users change about their own account. */
export function createAccounts(services: {
  store: Store;
  states: SessionStates;
  confirmPassword: ConfirmPassword;
}) {
  const { store, states, confirmPassword } = services;

  return {
    /**
     * Changes email or username. A new email needs the password (ASVS 7.5.1); a new username does not.
     * @throws AppError wrong_password, email_taken, username_taken, username_reserved, rate_limited or overloaded
     */
    async update(caller: Caller, change: OwnIdentityChange, client: Client): Promise<User> {
      const userId = caller.user.id;
      const columns = identityColumns(change);
      if (change.username !== undefined) checkUsername(change.username, caller.user.username);
      const confirmed = change.email === undefined ? null : await confirmPassword(caller, change.password);
      const account = await store.changeAs(caller, async (tx, locked) => {
        checkConfirmation(locked, confirmed);
        const before = await getOwnAccount(tx, userId);
        const after = await tx.users.updateIdentity(userId, columns);
        const event = {
          action: 'user.update',
          ...onUser(userId),
          ...identityDifference(before, columns),
        } as const;
        await writeAudit(tx, actorOf({ caller, client }), event);
        return after;
      });
      await states.userChanged(userId, account.version);
      return account;
    },

    /**
     * Deletes the account and ends all its sessions. The row stays for the audit trail (soft delete); email and
     * username become free.
     * @throws AppError wrong_password, last_admin, rate_limited or overloaded
     */
    async remove(caller: Caller, password: string, client: Client): Promise<void> {
      const userId = caller.user.id;
      const confirmed = await confirmPassword(caller, password);
      const { ended, version } = await keepAnAdmin(store, caller, async (tx, locked) => {
        checkConfirmation(locked, confirmed);
        const before = await getOwnAccount(tx, userId);
        const version = await tx.users.softDelete(userId);
        const ended = await tx.sessions.endAll(userId, 'account_deleted');
        await writeAudit(tx, actorOf({ caller, client }), {
          action: 'user.delete',
          ...onUser(userId),
          ...deletionOf(before),
          detail: { ended_sessions: ended.length },
        });
        return { version, ended };
      });
      await states.sessionsEnded(ended);
      await states.userChanged(userId, version);
    },
  };
}
