import { z } from 'zod';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { ExportedAuditEntry, presentExportedEntry } from '../audit/audit-view.ts';
import { LoginHistory, presentLoginHistory } from '../login-history/login-history-view.ts';
import { ExportedSession, presentExportedSession } from '../sessions/session-view.ts';
import { ManagedUser, presentManagedUser } from '../users/user.ts';
import type { ExportedData } from './personal-data.ts';

export const Export = z
  .object({
    user: ManagedUser,
    sessions: z.array(ExportedSession),
    login_history: z.array(LoginHistory),
    audit_log: z.array(ExportedAuditEntry),
  })
  .meta({ id: 'Export' });

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
  yield* renderList('],"audit_log":[', auditLog, (entry) => presentExportedEntry(entry, user.id));
  yield ']}}';
}
