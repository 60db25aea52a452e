import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { Store } from '../../store/store.ts';
import type { Session } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import { actorOf, onUser, type UserCall, writeAudit } from '../audit/audit-log.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { createMacKey, issueRefreshToken, type RefreshToken } from './internal/refresh-token.ts';
import { type RefreshAttempt, type RotationServices, rotate } from './internal/rotation.ts';
import { createUncertainRotations } from './internal/uncertain-rotations.ts';
import type { SessionStates } from './session-states.ts';

export type Sessions = ReturnType<typeof createSessions>;
export type TokenSet = Awaited<ReturnType<Sessions['tokenSet']>>;

type Services = Omit<RotationServices, 'uncertainRotations'> & {
  readonly tokens: AccessTokens;
  readonly redis: RedisClient;
};

/** What users do about their own sessions. */
function createOwnSessions({ store, states }: { store: Store; states: SessionStates }) {
  const endSession = (call: UserCall, sessionId: string, cause: string): Promise<void> =>
    store.changeAs(call.caller, async (tx) => {
      const userId = await tx.sessions.end(sessionId, call.caller.user.id, cause);
      if (!userId) throw new AppError('session_not_found');
      await writeAudit(tx, actorOf(call), {
        action: 'user.end_session',
        ...onUser(call.caller.user.id),
        detail: { session_id: sessionId, cause },
      });
    });

  return {
    list: (userId: string): Promise<Session[]> => store.sessions.listActive(userId),

    /** Ends the caller's session. */
    async logOut(call: UserCall): Promise<void> {
      const { sessionId } = call.caller;
      await endSession(call, sessionId, 'logout');
      await states.sessionsEnded([sessionId]);
    },

    /** Ends every session of the caller and invalidates every device token (ASVS 7.4.3). */
    async logOutEverywhere(call: UserCall): Promise<void> {
      const userId = call.caller.user.id;
      const ended = await store.changeAs(call.caller, async (tx) => {
        await tx.users.forgetDevices(userId);
        const ended = await tx.sessions.endAll(userId, 'logout_all');
        await writeAudit(tx, actorOf(call), {
          action: 'user.end_sessions',
          ...onUser(userId),
          detail: { ended_sessions: ended.length },
        });
        return ended;
      });
      await states.sessionsEnded(ended);
    },

    /**
     * Ends one session of the caller.
     * @throws AppError session_not_found if it belongs to somebody else or has already ended
     */
    async end(call: UserCall, sessionId: string): Promise<void> {
      await endSession(call, sessionId, 'ended_by_user');
      await states.sessionsEnded([sessionId]);
    },
  };
}

/** The refresh token of a session, and when its user last proved the password. */
interface Grant extends RefreshToken {
  readonly authTime: Date;
}

async function openSession(
  { store, states, tokens, lifetimes }: Services,
  account: Account,
  client: Client,
): Promise<Grant | null> {
  tokens.assertCanSign();
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
  return { ...refreshToken, authTime: session.authTime };
}

export function createSessions(services: Services) {
  const { tokens, redis } = services;
  const rotation = { ...services, uncertainRotations: createUncertainRotations(redis) };

  /** `expiresIn` is in seconds. */
  async function tokenSet(user: User, { text, sessionId, authTime }: Grant) {
    const signed = { userId: user.id, sessionId, authTime, roles: user.roles };
    const { token, expiresIn } = await tokens.sign(signed);
    return { accessToken: token, refreshToken: text, expiresIn, user };
  }

  return {
    ...createOwnSessions(services),

    tokenSet,

    /**
     * Opens a session for an account whose password has just been checked; tokenSet makes the tokens afterwards. Ends
     * the oldest sessions beyond the cap.
     * @returns null if the account was disabled or deleted, or its password changed, in the meantime. That change
     * ended all sessions, and no session may be opened behind it.
     * @throws AppError service_unavailable while the signing key is revoked
     */
    open: (account: Account, client: Client): Promise<Grant | null> => openSession(services, account, client),

    /**
     * Exchanges a refresh token for new tokens of the same authentication (RFC 6749 section 6, ASVS 10.4.5).
     * @throws AppError invalid_refresh_token, or service_unavailable while the signing key is revoked
     */
    async refresh(text: string, attempt: RefreshAttempt) {
      tokens.assertCanSign();
      const { user, authTime, successor } = await rotate(rotation, text, attempt);
      return tokenSet(user, { ...successor, authTime });
    },
  };
}
