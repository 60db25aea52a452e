import { type Database, type Page, queryOne, toPage } from '../postgres/database.ts';

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

export interface OccurredPosition {
  readonly occurredAt: Date;
  readonly id: string;
}

interface ListQuery {
  readonly limit: number;
  readonly after?: OccurredPosition;
}

const position = ({ occurredAt, id }: LoginHistory): OccurredPosition => ({ occurredAt, id });
const listValues = ({ limit, after }: ListQuery) => [limit + 1, after?.occurredAt ?? null, after?.id ?? null];

/** Login attempts, in one partition for each month. */
export function createLoginHistoryStore(database: Database) {
  return {
    async insert(attempt: LoginAttempt): Promise<void> {
      const { id, userId, outcome, reason, ip, userAgent, sessionId } = attempt;
      await database.query('login_histories/insert', [id, userId, outcome, reason, ip, userAgent, sessionId]);
    },

    /** Newest first. */
    async listForUser(query: ListQuery & { userId: string }): Promise<Page<LoginHistory, OccurredPosition>> {
      const values = [...listValues(query), query.userId];
      return toPage(
        await database.query<LoginHistory>('login_histories/list_for_user', values),
        query.limit,
        position,
      );
    },

    /** Newest first. */
    async list(query: ListQuery): Promise<Page<LoginHistory, OccurredPosition>> {
      return toPage(
        await database.query<LoginHistory>('login_histories/list', listValues(query)),
        query.limit,
        position,
      );
    },

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
