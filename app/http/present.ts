import type { TokenSet } from '../features/sessions/sessions.ts';
import type { AuditRecord } from '../store/tables/audit-log.ts';
import type { LoginHistory } from '../store/tables/login-histories.ts';
import type { Role } from '../store/tables/roles.ts';
import type { ExportedSession, Session } from '../store/tables/sessions.ts';
import type { Account, User } from '../store/tables/users.ts';

/*
 * What leaves the process, field by field: a column that is added to a table does not appear here by itself.
 */

export const presentUser = (user: User) => ({
  id: user.id,
  email: user.email,
  username: user.username,
  roles: user.roles,
  created_at: user.createdAt.toISOString(),
});

export const presentManagedUser = (account: Account) => ({
  ...presentUser(account),
  status: account.disabledAt ? 'disabled' : 'active',
  updated_at: account.updatedAt.toISOString(),
});

export const presentTokenSet = (tokens: TokenSet) => ({
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresIn,
  user: presentUser(tokens.user),
});

export const presentSession = (session: Session, currentId: string | null) => ({
  id: session.id,
  device: session.userAgent,
  ip: session.ip,
  created_at: session.createdAt.toISOString(),
  last_seen_at: session.lastSeenAt.toISOString(),
  current: session.id === currentId,
});

export const presentLoginHistory = (entry: LoginHistory) => ({
  id: entry.id,
  occurred_at: entry.occurredAt.toISOString(),
  outcome: entry.outcome,
  reason: entry.reason,
  ip: entry.ip,
  device: entry.userAgent,
  session_id: entry.sessionId,
});

export const presentManagedLoginHistory = (entry: LoginHistory) => ({
  ...presentLoginHistory(entry),
  user_id: entry.userId,
});

export const presentRole = (role: Role) => ({
  name: role.name,
  description: role.description,
  built_in: role.builtIn,
  created_at: role.createdAt.toISOString(),
});

export const presentExportedSession = (session: ExportedSession, currentId: string) => ({
  ...presentSession(session, currentId),
  ended_at: session.endedAt?.toISOString() ?? null,
  end_cause: session.endCause,
});

/** Where an entry came from is about whoever acted: shown to them, and to nobody they acted on. */
export const presentAudit = (entry: AuditRecord, readerId: string) => ({
  occurred_at: entry.occurredAt.toISOString(),
  action: entry.action,
  target_type: entry.targetType,
  target_id: entry.targetId,
  detail: entry.detail,
  ip: entry.actorId === readerId ? entry.ip : null,
  request_id: entry.actorId === readerId ? entry.requestId : null,
});
