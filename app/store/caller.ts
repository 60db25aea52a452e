import { AppError } from '../errors.ts';
import { type Database, queryOneOrNull } from './postgres/database.ts';
import { type ActiveSession, createSessionStore } from './tables/sessions.ts';
import type { Account } from './tables/users.ts';

/** The key of a caller's role is not exported, so no other file can make a caller or replace the role. */
const requiredRole = Symbol('required role');

/**
 * The user behind a request, as they were when it arrived, and the role that its endpoint demands: null where every
 * active user may call.
 */
export interface Caller<Role extends string | null = string | null> extends ActiveSession {
  readonly [requiredRole]: Role;
}

/** What a change may rely on until its end: the row is locked. */
export type LockedCaller = Pick<Account, 'passwordChangedAt'>;

/**
 * Admits a session to an endpoint. For the dispatcher only (test/store/system-store.test.ts).
 * @throws AppError forbidden if the user lacks the role
 */
export function createCaller<Role extends string | null>(session: ActiveSession, role: Role): Caller<Role> {
  if (role !== null && !session.user.roles.includes(role)) throw new AppError('forbidden');
  return { ...session, [requiredRole]: role };
}

/**
 * Checks, as the first step of a change, that the caller is still who they were when the request arrived: the user
 * active, the session alive, the role granted. Locks these rows until the change is committed. Whatever takes one of
 * the three away updates or deletes one of these rows, so it is committed either before the check, which then refuses
 * the change, or after the change (ASVS 8.3.2).
 * @throws AppError unauthorized or forbidden
 */
export async function lockCaller(tx: Database, caller: Caller): Promise<LockedCaller> {
  const { user, sessionId, [requiredRole]: role } = caller;
  const locked = await (role === null
    ? queryOneOrNull<LockedCaller>(tx, 'users/lock_caller', [user.id, sessionId])
    : queryOneOrNull<LockedCaller>(tx, 'users/lock_caller_with_role', [user.id, sessionId, role]));
  if (locked) return locked;
  const session = role === null ? null : await createSessionStore(tx).findActive(sessionId);
  const isActive = session?.user.id === user.id && !session.disabled;
  throw new AppError(isActive ? 'forbidden' : 'unauthorized');
}
