import { type Database, queryOne, queryOneOrNull, queryPage } from '../postgres/database.ts';
import { type Account, type CreatedPosition, createdPosition, type User } from './users.ts';

/**
 * Active sessions of one user. One more login ends the oldest. Without a maximum, an attacker who knows the password
 * could open so many sessions that no password change could end them all within its deadline.
 */
export const maxActiveSessions = 100;

/** Sessions that one login ends at most, within its deadline. Simultaneous logins can exceed the maximum for a while. */
const maxSuperseded = 100;

export interface SessionInsert
  extends Pick<SessionRow, 'id' | 'userId' | 'macKey' | 'tokenHash' | 'ip' | 'userAgent'> {
  readonly idleTtlMs: number;
  readonly maxAgeMs: number;
  /** When the password that was checked had been set. */
  readonly passwordChangedAt: Date;
}

export interface SessionRotation extends Pick<SessionRow, 'id' | 'ip' | 'userAgent'> {
  /** Of the newest token in the row. If the row has another one by now, nothing is rotated. */
  readonly oldHash: Buffer;
  /** Of the token that is replaced. It is `oldHash`, unless Postgres has lost a rotation. */
  readonly previousHash: Buffer;
  readonly newHash: Buffer;
  readonly sealedSuccessor: Buffer;
  readonly counter: number;
  readonly idleTtlMs: number;
}

/** A session as its user may see it. Address and user agent are those of the last login or refresh. */
export interface Session {
  readonly id: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** A session in its user's data export, active or ended. */
export interface ExportedSession extends Session {
  readonly endedAt: Date | null;
  readonly endCause: string | null;
}

export interface OpenedSession extends Session {
  readonly authTime: Date;
  /** Ids of the sessions that the login ended. The caller must announce their end. */
  readonly superseded: readonly string[];
}

/** A session as the refresh of its tokens needs it. */
export interface SessionRow extends ExportedSession {
  readonly userId: string;
  readonly macKey: Buffer;
  readonly tokenHash: Buffer;
  readonly previousHash: Buffer | null;
  readonly sealedSuccessor: Buffer | null;
  readonly counter: number;
  /** By the database's clock. Null before the first rotation. */
  readonly msSinceRotation: number | null;
  /** When the user last proved the password: at the login, or at a later reauthentication. */
  readonly authTime: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  /** False once the session has ended, or expired because of idle time or age. */
  readonly isActive: boolean;
  /** Whether ip and userAgent belong to the refresh that made the newest token. */
  readonly isClientCurrent: boolean;
  /** Null when the account was deleted. */
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
  const { authTime, idleExpiresAt, expiresAt, endedAt, endCause, isActive, isClientCurrent, ...account } =
    rest;
  const client = { ip, userAgent, isClientCurrent };
  const session = { id: sessionId, userId, ...client, createdAt: sessionCreatedAt, lastSeenAt };
  const token = { macKey, tokenHash, previousHash, sealedSuccessor, counter, msSinceRotation };
  const expiry = { authTime, idleExpiresAt, expiresAt, endedAt, endCause, isActive };
  return { ...session, ...token, ...expiry, account: account.id === null ? null : account };
}

const createLists = (database: Database) => ({
  /** Newest first, up to twice the maximum, which simultaneous logins can exceed for a while. */
  listActive: (userId: string) =>
    database.query<Session>('sessions/list_active', [userId, 2 * maxActiveSessions]),

  /** Newest first, including ended sessions until the purge deletes them. */
  listAll(userId: string, limit: number, after?: CreatedPosition) {
    const params = [after?.createdAt ?? null, after?.id ?? null, userId];
    const page = { limit, params, position: createdPosition };
    return queryPage<ExportedSession, CreatedPosition>(database, 'sessions/list_all', page);
  },

  countActive: async (): Promise<number> =>
    (await queryOne<{ activeSessions: number }>(database, 'sessions/count_active')).activeSessions,
});

const createEnds = (database: Database) => ({
  /** @param userId if given, ends only a session of this user. @returns its user's id, or null if it was not active */
  async end(id: string, userId: string | null, cause: string): Promise<string | null> {
    const row = await queryOneOrNull<{ userId: string }>(database, 'sessions/end', [id, userId, cause]);
    return row?.userId ?? null;
  },

  /** Also makes an unused reset token void. @returns the ids of the sessions that were active */
  async endAll(userId: string, cause: string, exceptId?: string): Promise<string[]> {
    const values = [userId, cause, exceptId ?? null];
    return (await database.query<{ id: string }>('sessions/end_all', values)).map((row) => row.id);
  },

  /**
   * Ends up to `limit` active sessions of any user that were opened at least `age` milliseconds ago.
   * @returns their ids; fewer than `limit` when none is left
   */
  async endBatch(cause: string, age: number, limit: number): Promise<string[]> {
    const values = [cause, age, limit];
    return (await database.query<{ id: string }>('sessions/end_batch', values)).map((row) => row.id);
  },

  /** Deletes up to `limit` sessions that ended or expired over a day ago. Skips locked rows. @returns their number */
  deleteExpired: async (limit: number): Promise<number> =>
    (await queryOne<{ deleted: number }>(database, 'sessions/delete_expired', [limit])).deleted,
});

/** Sessions: one row each, however often they are refreshed. All times are from the database's clock. */
export const createSessionStore = (database: Database) => ({
  ...createLists(database),
  ...createEnds(database),

  /** Null when the account was disabled or deleted, or its password changed, after it was read. */
  insert(session: SessionInsert): Promise<OpenedSession | null> {
    const { id, userId, macKey, tokenHash, ip, userAgent, idleTtlMs, maxAgeMs, passwordChangedAt } = session;
    const values = [id, userId, macKey, tokenHash, ip, userAgent, idleTtlMs, maxAgeMs, passwordChangedAt];
    const limits = [maxActiveSessions, maxSuperseded];
    return queryOneOrNull<OpenedSession>(database, 'sessions/insert', [...values, ...limits]);
  },

  async find(id: string): Promise<SessionRow | null> {
    const row = await queryOneOrNull<SessionColumns & AccountColumns>(database, 'sessions/find', [id]);
    return row && toSessionRow(row);
  },

  /** Runs for most requests: one query by primary key. Null when the session is over or the account deleted. */
  async findActive(id: string): Promise<ActiveSession | null> {
    const row = await queryOneOrNull<ActiveSessionColumns>(database, 'sessions/find_active', [id]);
    if (!row) return null;
    const { sessionId, disabled, version, expiresAt, ...user } = row;
    return { sessionId, disabled, version, expiresAt, user };
  },

  /** Sets auth_time to now. @returns it, or null if the session is over */
  async renewAuthentication(id: string): Promise<Date | null> {
    const row = await queryOneOrNull<{ authTime: Date }>(database, 'sessions/renew_authentication', [id]);
    return row?.authTime ?? null;
  },

  /** One conditional update: of several simultaneous calls with the newest token, exactly one gets true. */
  async rotate(rotation: SessionRotation): Promise<boolean> {
    const { id, oldHash, newHash, sealedSuccessor, counter, idleTtlMs, ip, userAgent, previousHash } =
      rotation;
    const values = [id, oldHash, newHash, sealedSuccessor, counter, idleTtlMs, ip, userAgent, previousHash];
    return (await queryOneOrNull(database, 'sessions/rotate', values)) !== null;
  },
});
