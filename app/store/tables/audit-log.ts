import { type Database, queryPage } from '../postgres/database.ts';

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

type AuditPosition = Pick<AuditRecord, 'occurredAt' | 'id'>;

const position = ({ occurredAt, id }: AuditRecord): AuditPosition => ({ occurredAt, id });

/** Administrative actions. Rows are only inserted. */
export function createAuditStore(database: Database) {
  return {
    async insert(entry: AuditEntry): Promise<void> {
      const { actorId, action, targetType, targetId, detail, ip, requestId } = entry;
      const values = [actorId, action, targetType, targetId, JSON.stringify(detail), ip, requestId];
      await database.query('audit_log/insert', values);
    },

    /** Entries about the user or by the user, newest first. */
    listForUser({ userId, limit, after }: { userId: string; limit: number; after?: AuditPosition }) {
      const params = [after?.occurredAt ?? null, after?.id ?? null, userId];
      return queryPage(database, 'audit_log/list_for_user', { limit, params, position });
    },
  };
}
