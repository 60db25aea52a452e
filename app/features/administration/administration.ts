import { AppError } from '../../errors.ts';
import type { Reads, Store, Transaction } from '../../store/store.ts';
import type { Account } from '../../store/tables/users.ts';
import { identityColumns } from '../accounts/accounts.ts';
import {
  type Actor,
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

/** What administrators do by the API. */
export type Administration = ReturnType<typeof createAdministration<Administrator>>;

/**
 * Runs a change on behalf of an actor, in a transaction that must not remove the last active administrator.
 * @throws AppError last_admin
 */
export type RunChange<A extends Actor> = <T>(actor: A, change: (tx: Transaction) => Promise<T>) => Promise<T>;

/** Changes of administrators: their permission is checked again in the transaction. */
export const runAsAdministrator =
  (store: Store): RunChange<Administrator> =>
  ({ caller }, change) =>
    keepAnAdmin(store, caller, change);

interface Services<A extends Actor> {
  readonly store: Reads;
  readonly states: Pick<SessionStates, 'sessionsEnded' | 'userChanged'>;
  readonly throttle: Pick<LoginThrottle, 'unlock'>;
  readonly run: RunChange<A>;
}

interface Change {
  /** The user's new version, if the change concerns the state of sessions. */
  readonly version?: number;
  readonly ended?: readonly string[];
  readonly audit?: Pick<AuditEvent, 'old' | 'new'>;
}

const ownEmail = 'Change your own email with PATCH /api/v1/users/me and your password';

/** @throws AppError user_not_found */
async function getUser(store: Reads, userId: string): Promise<Account> {
  const account = await store.users.findById(userId);
  if (!account) throw new AppError('user_not_found');
  return account;
}

/** Applies a change and writes its audit row in one transaction, then publishes what sessions must notice. */
function createChange<A extends Actor>({ run, states }: Services<A>) {
  return async function change<Result>(
    actor: A,
    action: AuditAction,
    userId: string,
    work: (tx: Transaction, before: Account) => Promise<Result & Change>,
  ): Promise<Result> {
    const result = await run(actor, async (tx) => {
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
function createStatusActions<A extends Actor>(change: ReturnType<typeof createChange<A>>) {
  return {
    /** @throws AppError last_admin */
    deleteUser: (actor: A, userId: string) =>
      change(actor, 'user.delete', userId, async (tx, before) => ({
        version: await tx.users.softDelete(userId),
        ended: await tx.sessions.endAll(userId, 'account_deleted'),
        audit: deletionOf(before),
      })),

    /** @throws AppError last_admin */
    disableUser: (actor: A, userId: string) =>
      change(actor, 'user.disable', userId, async (tx, before) => ({
        version: await tx.users.setDisabled(userId, true),
        ended: await tx.sessions.endAll(userId, 'account_disabled'),
        audit: { old: { status: statusOf(before) }, new: { status: 'disabled' } },
      })),

    enableUser: (actor: A, userId: string) =>
      change(actor, 'user.enable', userId, async (tx, before) => ({
        version: await tx.users.setDisabled(userId, false),
        audit: { old: { status: statusOf(before) }, new: { status: 'active' } },
      })),

    endSessions: (actor: A, userId: string) =>
      change(actor, 'user.end_sessions', userId, async (tx) => ({
        ended: await tx.sessions.endAll(userId, 'ended_by_admin'),
      })),
  };
}

/** Replaces the roles of a user by others that follow from those of before. */
function createRoleChange<A extends Actor>(store: Reads, change: ReturnType<typeof createChange<A>>) {
  /** @throws AppError role_not_found or last_admin */
  return async function changeRoles(
    actor: A,
    userId: string,
    choose: (before: readonly string[]) => readonly string[],
  ): Promise<Account> {
    await change(actor, 'user.roles', userId, async (tx, before) => {
      const roles = [...new Set(choose(before.roles))].sort();
      const version = await tx.roles.replaceForUser(userId, roles);
      return { version, audit: { old: { roles: before.roles }, new: { roles } } };
    });
    return getUser(store, userId);
  };
}

/** What administrators do with the accounts of others. Every method throws AppError user_not_found. */
export function createAdministration<A extends Actor>(services: Services<A>) {
  const { store, throttle } = services;
  const change = createChange(services);
  const changeRoles = createRoleChange(store, change);

  return {
    ...createStatusActions(change),

    getUser: (userId: string): Promise<Account> => getUser(store, userId),

    /**
     * An email of one's own is changed with the password only, as an access token could be stolen.
     * @throws AppError email_taken, username_taken or wrong_password
     */
    async updateUser(actor: A, userId: string, identity: IdentityChange): Promise<Account> {
      const isOwn = userId === actor.id;
      if (isOwn && identity.email !== undefined) throw new AppError('wrong_password', { detail: ownEmail });
      const columns = identityColumns(identity);
      await change(actor, 'user.update', userId, async (tx, before) => {
        const { version } = await tx.users.updateIdentity(userId, columns);
        return { version, audit: identityDifference(before, columns) };
      });
      return getUser(store, userId);
    },

    changeRoles,

    /** @throws AppError role_not_found or last_admin */
    setRoles: (actor: A, userId: string, roles: readonly string[]): Promise<Account> =>
      changeRoles(actor, userId, () => roles),

    /** Resets the failed attempts that throttle the logins of the account. */
    async unlockUser(actor: A, userId: string): Promise<void> {
      const account = await getUser(store, userId);
      await change(actor, 'user.unlock', userId, async () => ({}));
      await throttle.unlock(account.email);
    },

    /** Issues a one-time token to hand over. Only its hash is stored. */
    async issueResetToken(actor: A, userId: string): Promise<{ token: string; expiresAt: Date }> {
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
