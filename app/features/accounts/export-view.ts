import { z } from 'zod';
import { Instant } from '../../http/route/fields.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { LoginHistory, presentLoginHistory } from '../login-history/login-history-view.ts';
import { ExportedSession, presentExportedSession } from '../sessions/session-view.ts';
import { ManagedUser, presentManagedUser } from '../users/user.ts';
import type { PersonalData } from './personal-data.ts';

const AuditEntry = z.object({
  occurred_at: Instant,
  action: z.string(),
  target_type: z.string(),
  target_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  ip: z.string().nullable().meta({ description: 'Only where I acted myself' }),
  request_id: z.string().nullable(),
});

export const Export = z
  .object({
    user: ManagedUser,
    sessions: z.array(ExportedSession),
    login_history: z.array(LoginHistory),
    audit_log: z.array(AuditEntry),
  })
  .meta({ id: 'Export' });

/** Address and request id belong to the user who acted. Only that user sees them. */
const presentAudit = (entry: AuditRecord, readerId: string) => ({
  occurred_at: entry.occurredAt.toISOString(),
  action: entry.action,
  target_type: entry.targetType,
  target_id: entry.targetId,
  detail: entry.detail,
  ip: entry.actorId === readerId ? entry.ip : null,
  request_id: entry.actorId === readerId ? entry.requestId : null,
});

export const presentExport = (
  data: Awaited<ReturnType<PersonalData['export']>>,
  { sessionId, user }: ActiveSession,
) => ({
  user: presentManagedUser(data.account),
  sessions: data.sessions.map((session) => presentExportedSession(session, sessionId)),
  login_history: data.loginHistory.map(presentLoginHistory),
  audit_log: data.auditLog.map((entry) => presentAudit(entry, user.id)),
});
