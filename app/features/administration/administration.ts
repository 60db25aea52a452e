import { AppError } from '../../errors.ts';
import type { Store, Transaction } from '../../store/store.ts';
import type { Account } from '../../store/tables/users.ts';
import { identityColumns } from '../accounts/accounts.ts';
import {
  type Administrator,
  type AuditAction,
  type AuditEvent,
  onUser,
  writeAudit,
} from '../audit/audit-log.ts';
import { deletionOf, identityDifference, statusOf } from '../audit/differences.ts';
import { createResetToken, resetTokenLifetime } from '../passwords/password-reset.ts';
import { keepAnAdmin } from '../roles/last-admin.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { LoginThrottle } from '../throttling/login-throttle.ts';
import type { IdentityChange } from '../users/user.ts';

export type Administration = ReturnType<typeof createAdministration>;

interface Services {
  readonly store: Store;
  readonly states: SessionStates;
  readonly throttle: LoginThrottle;
}

interface Change {
  /** The user's new version, if the change concerns the state of sessions. */
  readonly version?: number;
  readonly ended?: readonly string[];
  readonly audit?: Pick<AuditEvent, 'old' | 'new'>;
}

const ownEmail = 'Change your own email with PATCH /api/v1/users/me and your password';

/** @throws AppError user_not_found */
async function getUser(store: Store, userId: string): Promise<Account> {
  const account = await store.users.findById(userId);
  if (!account) throw new AppError('user_not_found');
  return account;
}

/** Applies a change and writes its audit row in one transaction, then publishes what sessions must notice. */
function createChange({ store, states }: Services) {
  return async function change<Result>(
    actor: Administrator,
    action: AuditAction,
    userId: string,
    work: (tx: Transaction, before: Account) => Promise<Result & Change>,
  ): Promise<Result> {
    const result = await keepAnAdmin(store, actor.caller, async (tx) => {
      // Inside the transaction, so that nothing is written about a user who does not exist.
      const before = await tx.users.findByIdForUpdate(userId);
      if (!before) throw new AppError('user_not_found');
      const done = await work(tx, before);
      const detail = done.ended && { ended_sessions: done.ended.length };
      await writeAudit(tx, actor, { action, ...onUser(userId), ...done.audit, detail });
      return done;
    });
    if (result.ended) await states.sessionsEnded(result.ended);
    if (result.version !== undefined) await states.userChanged(userId, result.version);
    return result;
  };
}

/** What administrators do about the status and the sessions of a user. */
function createStatusActions(change: ReturnType<typeof createChange>) {
  return {
    /** @throws AppError last_admin */
    deleteUser: (actor: Administrator, userId: string) =>
      change(actor, 'user.delete', userId, async (tx, before) => ({
        version: await tx.users.softDelete(userId),
        ended: await tx.sessions.endAll(userId, 'account_deleted'),
        audit: deletionOf(before),
      })),

    /** @throws AppError last_admin */
    disableUser: (actor: Administrator, userId: string) =>
      change(actor, 'user.disable', userId, async (tx, before) => ({
        version: await tx.users.setDisabled(userId, true),
        ended: await tx.sessions.endAll(userId, 'account_disabled'),
        audit: { old: { status: statusOf(before) }, new: { status: 'disabled' } },
      })),

    enableUser: (actor: Administrator, userId: string) =>
      change(actor, 'user.enable', userId, async (tx, before) => ({
        version: await tx.users.setDisabled(userId, false),
        audit: { old: { status: statusOf(before) }, new: { status: 'active' } },
      })),

    endSessions: (actor: Administrator, userId: string) =>
      change(actor, 'user.end_sessions', userId, async (tx) => ({
        ended: await tx.sessions.endAll(userId, 'ended_by_admin'),
      })),
  };
}

/** What administrators do with the accounts of others. Every method throws AppError user_not_found. */
export function createAdministration(services: Services) {
  const { store, throttle } = services;
  const change = createChange(services);

  return {
    ...createStatusActions(change),

    getUser: (userId: string): Promise<Account> => getUser(store, userId),

    /**
     * An email of one's own is changed with the password only, as an access token could be stolen.
     * @throws AppError email_taken, username_taken or wrong_password
     */
    async updateUser(actor: Administrator, userId: string, identity: IdentityChange): Promise<Account> {
      const isOwn = userId === actor.id;
      if (isOwn && identity.email !== undefined) throw new AppError('wrong_password', { detail: ownEmail });
      const columns = identityColumns(identity);
      await change(actor, 'user.update', userId, async (tx, before) => {
        const { version } = await tx.users.updateIdentity(userId, columns);
        return { version, audit: identityDifference(before, columns) };
      });
      return getUser(store, userId);
    },

    /** @throws AppError role_not_found or last_admin */
    async setRoles(actor: Administrator, userId: string, roles: readonly string[]): Promise<Account> {
      await change(actor, 'user.roles', userId, async (tx, before) => ({
        version: await tx.roles.replaceForUser(userId, roles),
        audit: { old: { roles: before.roles }, new: { roles: [...new Set(roles)].sort() } },
      }));
      return getUser(store, userId);
    },

    /** Resets the failed attempts that throttle the logins of the account. */
    async unlockUser(actor: Administrator, userId: string): Promise<void> {
      const account = await getUser(store, userId);
      await change(actor, 'user.unlock', userId, async () => ({}));
      await throttle.unlock(account.email);
    },

    /** Issues a one-time token to hand over. Only its hash is stored. */
    async issueResetToken(actor: Administrator, userId: string): Promise<{ token: string; expiresAt: Date }> {
      const { token, hash } = createResetToken();
      const reset = { userId, tokenHash: hash, ttlMs: resetTokenLifetime, createdBy: actor.id };
      const { expiresAt } = await change(actor, 'user.reset_token', userId, async (tx) => {
        const expiresAt = await tx.passwordResets.put(reset);
        return { expiresAt, audit: { new: { expires_at: expiresAt.toISOString() } } };
      });
      return { token, expiresAt };
    },
  };
}
