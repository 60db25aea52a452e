import { z } from 'zod';
import { Instant } from '../../http/route/fields.ts';
import type { AuditRecord } from '../../store/tables/audit-log.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { LoginHistory, presentLoginHistory } from '../login-history/login-history-view.ts';
import { ExportedSession, presentExportedSession } from '../sessions/session-view.ts';
import { ManagedUser, presentManagedUser } from '../users/user.ts';
import type { ExportedData } from './personal-data.ts';

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

/**
 * The elements of one list, each page in one chunk.
 * @param before the text before the first element
 */
async function* renderList<Row>(
  before: string,
  pages: AsyncIterable<readonly Row[]>,
  present: (row: Row) => object,
) {
  let separator = before;
  for await (const page of pages) {
    // The rows of a further page may have been purged meanwhile.
    if (page.length === 0) continue;
    yield separator + JSON.stringify(page.map(present)).slice(1, -1);
    separator = ',';
  }
  if (separator === before) yield before;
}

/** The document of the schema Export in its envelope, in chunks of one page each. */
export async function* renderExport(data: ExportedData, { sessionId, user }: ActiveSession) {
  const { sessions, loginHistory, auditLog } = data;
  const start = `{"data":{"user":${JSON.stringify(presentManagedUser(data.account))},"sessions":[`;
  yield* renderList(start, sessions, (session) => presentExportedSession(session, sessionId));
  yield* renderList('],"login_history":[', loginHistory, presentLoginHistory);
  yield* renderList('],"audit_log":[', auditLog, (entry) => presentAudit(entry, user.id));
  yield ']}}';
}
