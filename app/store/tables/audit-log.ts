import type { Database } from '../postgres/database.ts';

export interface AuditEntry {
  /** Null for the command line. */
  readonly actorId: string | null;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string | null;
  readonly detail: Record<string, unknown>;
  readonly ip: string | null;
  readonly requestId: string | null;
}

export interface AuditRecord extends AuditEntry {
  /** A bigint as text. */
  readonly id: string;
  readonly occurredAt: Date;
}

/** Administrative actions. Rows are only inserted. */
export function createAuditStore(database: Database) {
  return {
    async insert(entry: AuditEntry): Promise<void> {
      const { actorId, action, targetType, targetId, detail, ip, requestId } = entry;
      const values = [actorId, action, targetType, targetId, JSON.stringify(detail), ip, requestId];
      await database.query('audit_log/insert', values);
    },

    /** The newest entries about the user or by the user, newest first. */
    listForUser: (userId: string, limit: number) =>
      database.query<AuditRecord>('audit_log/list_for_user', [userId, limit]),
  };
}
