import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Store } from '../../store/store.ts';
import type { Account } from '../../store/tables/users.ts';
import type { IdentityChange } from '../accounts/accounts.ts';
import { createResetToken, resetTokenLife } from '../passwords/password-reset.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { LoginThrottle } from '../throttling/login-throttle.ts';
import { keepingAnAdmin } from './last-admin.ts';

export type Administration = ReturnType<typeof createAdministration>;

/** Who acts; null for the command line. */
export interface Actor {
  readonly id: string | null;
  readonly client: Client | null;
}

/** What administrators do with the accounts of others. Every change and its audit row are one transaction. */
export function createAdministration(options: {
  store: Store;
  states: SessionStates;
  throttle: LoginThrottle;
}) {
  const { store, states, throttle } = options;

  function audit(
    within: Store,
    actor: Actor,
    action: string,
    userId: string,
    detail: Record<string, unknown> = {},
  ) {
    return within.auditLog.insert({
      actorId: actor.id,
      action,
      targetType: 'user',
      targetId: userId,
      detail,
      ip: actor.client?.ip ?? null,
      requestId: actor.client?.requestId ?? null,
    });
  }

  /** @throws AppError user_not_found */
  async function getUser(userId: string, within: Store = store): Promise<Account> {
    const account = await within.users.findById(userId);
    if (!account) throw new AppError('user_not_found');
    return account;
  }

  /** Refuses an unknown user inside the transaction, so that nothing is written about nobody. */
  async function change(
    actor: Actor,
    action: string,
    userId: string,
    work: (
      within: Store,
    ) => Promise<{ version?: number; ended?: readonly string[]; detail?: Record<string, unknown> }>,
  ): Promise<void> {
    const { version, ended } = await keepingAnAdmin(store, async (within) => {
      if (!(await within.users.findByIdForUpdate(userId))) throw new AppError('user_not_found');
      const result = await work(within);
      await audit(within, actor, action, userId, result.detail);
      return result;
    });
    if (ended) await states.sessionsEnded(ended);
    if (version !== undefined) await states.userChanged(userId, version);
  }

  return {
    getUser,

    /** @throws AppError user_not_found, email_taken or username_taken */
    async updateUser(actor: Actor, userId: string, identity: IdentityChange): Promise<Account> {
      const fields = {
        ...(identity.email !== undefined && { email: identity.email.toLowerCase() }),
        ...(identity.username !== undefined && { username: identity.username }),
      };
      await change(actor, 'user.update', userId, async (within) => {
        const { version } = await within.users.updateIdentity(userId, fields);
        return { version, detail: { fields: Object.keys(fields) } };
      });
      return getUser(userId);
    },

    /** @throws AppError user_not_found or last_admin */
    deleteUser: (actor: Actor, userId: string): Promise<void> =>
      change(actor, 'user.delete', userId, async (within) => ({
        version: await within.users.softDelete(userId),
        ended: await within.sessions.endAll(userId, 'account_deleted'),
      })),

    /** @throws AppError user_not_found or last_admin */
    disableUser: (actor: Actor, userId: string): Promise<void> =>
      change(actor, 'user.disable', userId, async (within) => ({
        version: await within.users.setDisabled(userId, true),
        ended: await within.sessions.endAll(userId, 'account_disabled'),
      })),

    /** @throws AppError user_not_found */
    enableUser: (actor: Actor, userId: string): Promise<void> =>
      change(actor, 'user.enable', userId, async (within) => ({
        version: await within.users.setDisabled(userId, false),
      })),

    /** @throws AppError user_not_found, role_not_found or last_admin */
    async setRoles(actor: Actor, userId: string, roles: readonly string[]): Promise<Account> {
      await change(actor, 'user.roles', userId, async (within) => ({
        version: await within.roles.replaceForUser(userId, roles),
        detail: { roles },
      }));
      return getUser(userId);
    },

    /** Forgets the failed attempts that slow an account's logins down. @throws AppError user_not_found */
    async unlockUser(actor: Actor, userId: string): Promise<void> {
      const account = await getUser(userId);
      await change(actor, 'user.unlock', userId, async () => ({}));
      await throttle.unlock(account.email);
    },

    /** @throws AppError user_not_found */
    endSessions: (actor: Actor, userId: string): Promise<void> =>
      change(actor, 'user.end_sessions', userId, async (within) => ({
        ended: await within.sessions.endAll(userId, 'ended_by_admin'),
      })),

    /** A one-time token to hand over; only its hash is kept. @throws AppError user_not_found */
    async issueResetToken(actor: Actor, userId: string): Promise<{ token: string; expiresAt: Date }> {
      const { token, hash } = createResetToken();
      let expiresAt = new Date(0);
      await change(actor, 'user.reset_token', userId, async (within) => {
        expiresAt = await within.passwordResets.put({
          userId,
          tokenHash: hash,
          ttlMs: resetTokenLife,
          createdBy: actor.id,
        });
        return {};
      });
      return { token, expiresAt };
    },
  };
}
