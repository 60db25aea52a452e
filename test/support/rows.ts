import { randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '../../app/errors.ts';
import { createCaller } from '../../app/store/caller.ts';
import type { Reads, Transaction } from '../../app/store/store.ts';
import type { AuditEntry } from '../../app/store/tables/audit-log.ts';
import type { NewUser, User } from '../../app/store/tables/users.ts';

const word = (): string => randomBytes(8).toString('hex');

/** The columns of a user. No other user has them. */
export function newUser(fields: Partial<NewUser> = {}): NewUser {
  const name = `u${word()}`;
  return { id: randomUUID(), email: `${name}@example.com`, username: name, passwordHash: 'hash', ...fields };
}

export const addUser = (store: Pick<Transaction, 'users'>, fields: Partial<NewUser> = {}): Promise<User> =>
  store.users.insert(newUser(fields));

const day = 86_400_000;

/** Inserts a session. @returns its columns */
export async function addSession(
  store: Pick<Transaction, 'users' | 'sessions'>,
  userId: string,
  fields: { idleTtlMs?: number; maxAgeMs?: number } = {},
) {
  const account = await store.users.findById(userId);
  if (!account) throw new Error('a session needs a user');
  const session = {
    id: randomUUID(),
    userId,
    macKey: randomBytes(32),
    tokenHash: randomBytes(32),
    ip: '192.0.2.1',
    userAgent: 'a browser',
    idleTtlMs: day,
    maxAgeMs: 3 * day,
    passwordChangedAt: account.passwordChangedAt,
    ...fields,
  };
  await store.sessions.insert(session);
  return session;
}

/** The user of an active session, as an endpoint that demands `role` admits them. */
export async function callerOf<Role extends string | null = null>(
  store: Pick<Reads, 'sessions'>,
  sessionId: string,
  role: Role = null as Role,
) {
  const session = await store.sessions.findActive(sessionId);
  if (!session) throw new Error('a caller needs an active session');
  return createCaller(session, role);
}

/** An entry of the audit log: a user who did something to a user. */
export const auditEntry = (fields: Partial<AuditEntry> = {}): AuditEntry => ({
  actorType: 'user',
  actorId: randomUUID(),
  sessionId: randomUUID(),
  action: 'user.update',
  outcome: 'success',
  targetType: 'user',
  targetId: randomUUID(),
  oldValues: {},
  newValues: {},
  detail: {},
  ip: null,
  requestId: null,
  ...fields,
});

/** For `.catch(codeOf)`: the code of an AppError; any other error is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  throw error;
}
