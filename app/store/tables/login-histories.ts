import { type Database, queryOne, queryPage } from '../postgres/database.ts';
import type { QueryName } from '../postgres/queries.ts';

export interface LoginAttempt {
  readonly id: string;
  readonly userId: string | null;
  readonly outcome: 'success' | 'failure';
  readonly reason: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly sessionId: string | null;
}

export interface LoginHistory extends LoginAttempt {
  readonly occurredAt: Date;
}

type OccurredPosition = Pick<LoginHistory, 'occurredAt' | 'id'>;

interface ListQuery {
  readonly limit: number;
  readonly after?: OccurredPosition;
}

const position = ({ occurredAt, id }: LoginHistory): OccurredPosition => ({ occurredAt, id });

function queryHistory(database: Database, name: QueryName, query: ListQuery, ...filter: string[]) {
  const params = [query.after?.occurredAt ?? null, query.after?.id ?? null, ...filter];
  return queryPage(database, name, { limit: query.limit, params, position });
}

/** Login attempts, in one partition for each month. */
export function createLoginHistoryStore(database: Database) {
  return {
    async insert(attempt: LoginAttempt): Promise<void> {
      const { id, userId, outcome, reason, ip, userAgent, sessionId } = attempt;
      await database.query('login_histories/insert', [id, userId, outcome, reason, ip, userAgent, sessionId]);
    },

    /** Newest first. */
    listForUser: (query: ListQuery & { userId: string }) =>
      queryHistory(database, 'login_histories/list_for_user', query, query.userId),

    /** Newest first. */
    list: (query: ListQuery) => queryHistory(database, 'login_histories/list', query),

    /** When each of the users last logged in, as far as the history goes back. */
    async findLastLogins(userIds: readonly string[]): Promise<Map<string, Date>> {
      const values = [JSON.stringify(userIds)];
      const rows = await database.query<{ userId: string; occurredAt: Date }>(
        'login_histories/find_last_logins',
        values,
      );
      return new Map(rows.map(({ userId, occurredAt }) => [userId, occurredAt]));
    },

    /** Deletes up to `limit` attempts with an unknown email that are older than `keepDays`. @returns their number */
    deleteUnknown: async (keepDays: number, limit: number): Promise<number> =>
      (await queryOne<{ deleted: number }>(database, 'login_histories/delete_unknown', [keepDays, limit]))
        .deleted,

    /** Creates the missing partitions of this month and the coming months. @returns their number */
    createPartitions: async (monthsAhead: number): Promise<number> =>
      (await queryOne<{ created: number }>(database, 'login_histories/create_partitions', [monthsAhead]))
        .created,

    /** Drops the partitions that are more than `keepMonths` months old. @returns their names */
    async dropPartitions(keepMonths: number): Promise<string[]> {
      const rows = await database.query<{ name: string }>('login_histories/drop_partitions', [keepMonths]);
      return rows.map((row) => row.name);
    },
  };
}
