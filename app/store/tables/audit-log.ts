import { type Database, queryOne, queryPage } from '../postgres/database.ts';
import type { QueryName } from '../postgres/queries.ts';

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

/** What the role of the service can do to history and should not be able to. */
export interface ExcessRights {
  /** Owns the tables, is a member of their owner, or is a superuser. */
  readonly isOwner: boolean;
  readonly canChange: boolean;
  readonly canCreate: boolean;
}

interface Search {
  readonly limit: number;
  readonly after?: AuditPosition | undefined;
  readonly actorId?: string | undefined;
  readonly target?: { readonly type: string; readonly id: string } | undefined;
  readonly action?: string | undefined;
}

/** Each combination of filters is answered by the index of its most selective one: target, actor, action, time. */
function search(database: Database, { limit, after, actorId, target, action }: Search) {
  const query = (name: QueryName, ...filters: (string | null)[]) => {
    const params = [after?.occurredAt ?? null, after?.id ?? null, ...filters];
    return queryPage<AuditRecord, AuditPosition>(database, name, { limit, params, position });
  };
  if (target) {
    return query('audit_log/list_by_target', target.type, target.id, actorId ?? null, action ?? null);
  }
  if (actorId) return query('audit_log/list_by_actor', actorId, action ?? null);
  return action ? query('audit_log/list_by_action', action) : query('audit_log/list');
}

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

    /** Creates the missing partitions of this month and the coming months. @returns their number */
    createPartitions: async (monthsAhead: number): Promise<number> =>
      (await queryOne<{ created: number }>(database, 'audit_log/create_partitions', [monthsAhead])).created,

    /** Drops the partitions that are more than `keepMonths`, at least 12, months old. @returns their names */
    async dropPartitions(keepMonths: number): Promise<string[]> {
      const rows = await database.query<{ name: string }>('audit_log/drop_partitions', [keepMonths]);
      return rows.map((row) => row.name);
    },

    findExcessRights: () => queryOne<ExcessRights>(database, 'audit_log/find_excess_rights'),

    /** Entries that match every given filter, newest first. */
    search: (filters: Search) => search(database, filters),

    /** Entries about the user or by the user, newest first. */
    listForUser({ userId, limit, after }: { userId: string; limit: number; after?: AuditPosition }) {
      const params = [after?.occurredAt ?? null, after?.id ?? null, userId];
      return queryPage(database, 'audit_log/list_for_user', { limit, params, position });
    },
  };
}
