import { type Database, type Page, queryOne, queryOneOrNull, toPage } from '../postgres/database.ts';
import type { Account, User } from './users.ts';

/**
 * Living sessions of one user; one more ends the oldest. More than anybody has devices, and few enough that a password
 * change ends them all well within its deadline: without a cap, whoever knows the password could open so many that
 * nothing could ever end them again.
 */
export const maxActiveSessions = 100;

/**
 * Ended at most by opening one: enough to come back under the cap, whatever slipped past it when many were opened at
 * once, and little enough for a login's deadline.
 */
const maxSuperseded = 100;

export interface SessionInsert {
  readonly id: string;
  readonly userId: string;
  readonly macKey: Buffer;
  readonly tokenHash: Buffer;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly idleTtlMs: number;
  readonly maxAgeMs: number;
  /** Of the account whose password was checked. */
  readonly passwordChangedAt: Date;
}

/** What a user may see of a session. */
export interface Session {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** All that is kept of a session for its user's export. */
export interface ExportedSession extends Session {
  readonly endedAt: Date | null;
  readonly endCause: string | null;
}

export interface OpenedSession extends Session {
  /** Ids of the sessions that ended because there were too many; their end is yet to be announced. */
  readonly superseded: readonly string[];
}

export interface SessionPosition {
  readonly createdAt: Date;
  readonly id: string;
}

/** Everything that a refresh needs to decide. */
export interface SessionRow extends Session {
  readonly userId: string;
  readonly macKey: Buffer;
  readonly tokenHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly sealedSuccessor: Buffer | null;
  readonly counter: number;
  /** By the database's clock; null when it was never rotated. */
  readonly msSinceRotation: number | null;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly endCause: string | null;
  /** Neither ended nor expired by idleness or age. */
  readonly isActive: boolean;
  /** Null when the account is deleted. */
  readonly account: Account | null;
}

export interface ActiveSession {
  readonly sessionId: string;
  readonly user: User;
  readonly disabled: boolean;
  readonly version: number;
  /** When the session ends unless it is refreshed before. */
  readonly expiresAt: Date;
}

type SessionColumns = Omit<SessionRow, 'id' | 'createdAt' | 'account'> & {
  sessionId: string;
  sessionCreatedAt: Date;
};
/** The columns of a left join: all null when the account is deleted. */
type AccountColumns = Account | { id: null };
type ActiveSessionColumns = Omit<ActiveSession, 'user'> & User;

function toSessionRow(row: SessionColumns & AccountColumns): SessionRow {
  const { sessionId, sessionCreatedAt, userId, ip, userAgent, lastSeenAt, ...columns } = row;
  const { macKey, tokenHash, previousHash, sealedSuccessor, counter, msSinceRotation, ...rest } = columns;
  const { idleExpiresAt, expiresAt, endedAt, endCause, isActive, ...account } = rest;
  const session = { id: sessionId, userId, ip, userAgent, createdAt: sessionCreatedAt, lastSeenAt };
  const token = { macKey, tokenHash, previousHash, sealedSuccessor, counter, msSinceRotation };
  const expiry = { idleExpiresAt, expiresAt, endedAt, endCause, isActive };
  return { ...session, ...token, ...expiry, account: account.id === null ? null : account };
}

function toActiveSession(row: ActiveSessionColumns): ActiveSession {
  const { sessionId, disabled, version, expiresAt, ...user } = row;
  return { sessionId, disabled, version, expiresAt, user };
}

/** Sessions: one row each, however often they are refreshed. All times are the database's. */
export function createSessionStore(database: Database) {
  return {
    /** Null when the account was disabled or deleted, or got another password, since it was read. */
    insert: (session: SessionInsert): Promise<OpenedSession | null> =>
      queryOneOrNull<OpenedSession>(database, 'sessions/insert', [
        session.id,
        session.userId,
        session.macKey,
        session.tokenHash,
        session.ip,
        session.userAgent,
        session.idleTtlMs,
        session.maxAgeMs,
        session.passwordChangedAt,
        maxActiveSessions,
        maxSuperseded,
      ]),

    async find(id: string): Promise<SessionRow | null> {
      const row = await queryOneOrNull<SessionColumns & AccountColumns>(database, 'sessions/find', [id]);
      return row && toSessionRow(row);
    },

    /** The one conditional update: of all that present the newest token at once, exactly one gets true. */
    async rotate(rotation: {
      id: string;
      oldHash: Buffer;
      newHash: Buffer;
      sealedSuccessor: Buffer;
      counter: number;
      idleTtlMs: number;
    }): Promise<boolean> {
      const { id, oldHash, newHash, sealedSuccessor, counter, idleTtlMs } = rotation;
      const values = [id, oldHash, newHash, sealedSuccessor, counter, idleTtlMs];
      return (await queryOneOrNull(database, 'sessions/rotate', values)) !== null;
    },

    /** The hot path, one query by primary key. Null when the session is over or the account deleted. */
    async findActive(id: string): Promise<ActiveSession | null> {
      const row = await queryOneOrNull<ActiveSessionColumns>(database, 'sessions/find_active', [id]);
      return row && toActiveSession(row);
    },

    /** Newest first. Twice the cap, for those that many logins at once let slip past it for a while. */
    listActive: (userId: string): Promise<Session[]> =>
      database.query<Session>('sessions/list_active', [userId, 2 * maxActiveSessions]),

    /** Those that ended and are not yet purged too. Newest first. */
    async listAll(
      userId: string,
      limit: number,
      after?: SessionPosition,
    ): Promise<Page<ExportedSession, SessionPosition>> {
      const values = [limit + 1, after?.createdAt ?? null, after?.id ?? null, userId];
      const rows = await database.query<ExportedSession>('sessions/list_all', values);
      return toPage(rows, limit, ({ createdAt, id }) => ({ createdAt, id }));
    },

    /** With `userId`, only when it is that user's. @returns whose session it was, or null when it was not live */
    async end(id: string, userId: string | null, cause: string): Promise<string | null> {
      const row = await queryOneOrNull<{ userId: string }>(database, 'sessions/end', [id, userId, cause]);
      return row?.userId ?? null;
    },

    /** @returns the ids of those that were live */
    async endAll(userId: string, cause: string, exceptId?: string): Promise<string[]> {
      const rows = await database.query<{ id: string }>('sessions/end_all', [
        userId,
        cause,
        exceptId ?? null,
      ]);
      return rows.map((row) => row.id);
    },

    countActive: async (): Promise<number> =>
      (await queryOne<{ activeSessions: number }>(database, 'sessions/count_active')).activeSessions,

    /** Removes up to `limit` sessions that have been over for a day, passing by those locked. @returns how many */
    deleteExpired: async (limit: number): Promise<number> =>
      (await queryOne<{ deleted: number }>(database, 'sessions/delete_expired', [limit])).deleted,
  };
}
