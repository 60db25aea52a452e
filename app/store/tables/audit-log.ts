import { type Database, queryPage } from '../postgres/database.ts';

/** The columns are checked by constraints of the same values (migrations/0006_audit_log_columns.sql). */
export type ActorType = 'user' | 'reset_token' | 'command_line' | 'system';
export type AuditOutcome = 'success' | 'refused';

export interface AuditEntry {
  readonly actorType: ActorType;
  /** Null unless a user acted. */
  readonly actorId: string | null;
  /** The session with which the user acted. */
  readonly sessionId: string | null;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly targetType: string;
  readonly targetId: string | null;
  readonly oldValues: object;
  readonly newValues: object;
  readonly detail: object;
  readonly ip: string | null;
  readonly requestId: string | null;
}

export interface AuditRecord extends AuditEntry {
  /** A bigint as text. */
  readonly id: string;
  readonly occurredAt: Date;
}

export type AuditPosition = Pick<AuditRecord, 'occurredAt' | 'id'>;

const position = ({ occurredAt, id }: AuditRecord): AuditPosition => ({ occurredAt, id });

/** Who changed what, in one partition for each month. Rows are only inserted. */
export function createAuditStore(database: Database) {
  return {
    async insert(entry: AuditEntry): Promise<void> {
      const { actorType, actorId, sessionId, action, outcome, targetType, targetId, ip, requestId } = entry;
      const values = [entry.oldValues, entry.newValues, entry.detail].map((value) => JSON.stringify(value));
      const actor = [actorType, actorId, sessionId];
      const params = [...actor, action, outcome, targetType, targetId, ...values, ip, requestId];
      await database.query('audit_log/insert', params);
    },

    /** Entries about the user or by the user, newest first. */
    listForUser({ userId, limit, after }: { userId: string; limit: number; after?: AuditPosition }) {
      const params = [after?.occurredAt ?? null, after?.id ?? null, userId];
      return queryPage(database, 'audit_log/list_for_user', { limit, params, position });
    },
  };
}
