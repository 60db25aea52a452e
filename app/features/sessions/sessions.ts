import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Store } from '../../store/store.ts';
import type { SessionRow } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import {
  createMacKey,
  hasValidTag,
  issueRefreshToken,
  openSuccessor,
  parseRefreshToken,
  type RefreshToken,
  sealSuccessor,
} from './internal/refresh-token.ts';
import type { SessionStates } from './session-states.ts';

export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: User;
}

export type RefreshOutcome =
  | 'rotated'
  | 'repeated'
  | 'malformed'
  | 'unknown_session'
  | 'bad_tag'
  | 'ended'
  | 'reuse_old'
  | 'reuse_late';

export type Sessions = ReturnType<typeof createSessions>;

/** Milliseconds in which the token before the newest is still answered: for clients that raced or lost the answer. */
const refreshGrace = 10_000;

export function createSessions(options: {
  store: Store;
  states: SessionStates;
  tokens: AccessTokens;
  lifetimes: Config['sessions'];
  /** With the session where one is known to be meant. */
  onRefresh: (outcome: RefreshOutcome, session?: SessionRow) => void;
}) {
  const { store, states, tokens, lifetimes, onRefresh } = options;

  async function tokenSet(user: User, refreshToken: RefreshToken): Promise<TokenSet> {
    const sessionId = refreshToken.sessionId;
    const { token, expiresIn } = await tokens.sign({ userId: user.id, sessionId, roles: user.roles });
    return { accessToken: token, refreshToken: refreshToken.text, expiresIn, user };
  }

  function refuse(outcome: RefreshOutcome, session?: SessionRow): never {
    onRefresh(outcome, session);
    throw new AppError('invalid_refresh_token');
  }

  /** The holder of an old token is a thief, or the victim of one: nobody can tell, so the session ends (RFC 9700, 4.14). */
  async function endForTheft(session: SessionRow, outcome: 'reuse_old' | 'reuse_late'): Promise<never> {
    await store.sessions.end(session.id, null, outcome);
    await states.sessionsEnded([session.id]);
    return refuse(outcome, session);
  }

  async function rotate(session: SessionRow, presented: RefreshToken): Promise<RefreshToken | null> {
    const successor = issueRefreshToken(session.id, presented.counter + 1, session.macKey);
    const rotated = await store.sessions.rotate({
      id: session.id,
      oldHash: presented.hash,
      newHash: successor.hash,
      sealedSuccessor: sealSuccessor(presented, successor),
      counter: successor.counter,
      idleTtlMs: lifetimes.refreshTokenTtl,
    });
    return rotated ? successor : null;
  }

  /** The token before the newest, within the grace: the same successor again, extending nothing. */
  async function repeat(session: SessionRow, presented: RefreshToken): Promise<RefreshToken> {
    if (!session.previousHash?.equals(presented.hash) || !session.sealedSuccessor) {
      return endForTheft(session, 'reuse_old');
    }
    if (session.msSinceRotation === null || session.msSinceRotation > refreshGrace) {
      return endForTheft(session, 'reuse_late');
    }
    return openSuccessor(presented, session.sealedSuccessor);
  }

  async function findActive(presented: RefreshToken): Promise<{ session: SessionRow; user: User }> {
    const session = await store.sessions.find(presented.sessionId);
    if (!session) return refuse('unknown_session');
    if (!hasValidTag(presented, session.macKey)) return refuse('bad_tag');
    const user = session.account;
    if (!session.isActive || !user || user.disabledAt) return refuse('ended');
    return { session, user };
  }

  return {
    tokenSet,

    /**
     * Opens a session for an account whose password was just checked; the tokens come from tokenSet afterwards. Null
     * when the account was disabled or deleted, or got another password, meanwhile: whoever did that ended the sessions
     * there were, and none may slip in behind. Past the cap the oldest sessions end.
     */
    async open(account: Account, client: Client): Promise<RefreshToken | null> {
      const macKey = createMacKey();
      const refreshToken = issueRefreshToken(randomUUID(), 1, macKey);
      const session = await store.sessions.insert({
        id: refreshToken.sessionId,
        userId: account.id,
        macKey,
        tokenHash: refreshToken.hash,
        ip: client.ip,
        userAgent: client.userAgent,
        idleTtlMs: lifetimes.refreshTokenTtl,
        maxAgeMs: lifetimes.maxAge,
        passwordChangedAt: account.passwordChangedAt,
      });
      if (!session) return null;
      await states.sessionsEnded(session.superseded);
      return refreshToken;
    },

    /**
     * Exchanges a refresh token for the next (RFC 6749 section 6, RFC 9700 section 4.14.2, ASVS 10.4.5).
     * @throws AppError invalid_refresh_token whatever is wrong; the cause goes to `onRefresh`
     */
    async refresh(text: string): Promise<TokenSet> {
      const presented = parseRefreshToken(text) ?? refuse('malformed');
      const { session, user } = await findActive(presented);
      const successor = session.tokenHash.equals(presented.hash) ? await rotate(session, presented) : null;
      if (successor) {
        onRefresh('rotated');
        return tokenSet(user, successor);
      }
      // Not the newest, or another request rotated it a moment ago: what the row says now decides.
      const again = await findActive(presented);
      const repeated = await repeat(again.session, presented);
      onRefresh('repeated');
      return tokenSet(again.user, repeated);
    },

    /** Idempotent: of two at once, the second finds what it wanted. */
    async logOut(sessionId: string, userId: string): Promise<void> {
      await store.sessions.end(sessionId, userId, 'logout');
      await states.sessionsEnded([sessionId]);
    },

    /**
     * Ends one session of the user.
     * @throws AppError session_not_found when it is not theirs or has ended already
     */
    async end(sessionId: string, userId: string, cause: string): Promise<void> {
      if (!(await store.sessions.end(sessionId, userId, cause))) throw new AppError('session_not_found');
      await states.sessionsEnded([sessionId]);
    },
  };
}
