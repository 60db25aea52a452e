import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Store } from '../../store/store.ts';
import type { Session } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import { actorOf, onUser, type UserCall, writeAudit } from '../audit/audit-log.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { createMacKey, issueRefreshToken, type RefreshToken } from './internal/refresh-token.ts';
import { type RotationServices, rotate } from './internal/rotation.ts';

export type { RefreshOutcome } from './internal/rotation.ts';

export type Sessions = ReturnType<typeof createSessions>;
export type TokenSet = Awaited<ReturnType<Sessions['tokenSet']>>;

type Services = RotationServices & { readonly tokens: AccessTokens };

async function openSession(
  { store, states, lifetimes }: Services,
  account: Account,
  client: Client,
): Promise<RefreshToken | null> {
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
}

/** Ends a session of the user who calls. @returns false if it had ended before or belongs to somebody else */
function endSession(store: Store, call: UserCall, sessionId: string, cause: string): Promise<boolean> {
  const userId = call.caller.user.id;
  return store.transaction(async (tx) => {
    if (!(await tx.sessions.end(sessionId, userId, cause))) return false;
    await writeAudit(tx, actorOf(call), {
      action: 'user.end_session',
      ...onUser(userId),
      detail: { session_id: sessionId, cause },
    });
    return true;
  });
}

/** What users do to end their own sessions. */
function createEnds({ store, states }: Services) {
  return {
    /** Ends the caller's session. Idempotent. */
    async logOut(call: UserCall): Promise<void> {
      const { sessionId } = call.caller;
      await endSession(store, call, sessionId, 'logout');
      await states.sessionsEnded([sessionId]);
    },

    /** Ends every session of the user and invalidates every device token (ASVS 7.4.3). */
    async logOutEverywhere(call: UserCall): Promise<void> {
      const userId = call.caller.user.id;
      const ended = await store.transaction(async (tx) => {
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
     * Ends one session of the user who calls.
     * @throws AppError session_not_found if it belongs to somebody else or has already ended
     */
    async end(call: UserCall, sessionId: string): Promise<void> {
      const hasEnded = await endSession(store, call, sessionId, 'ended_by_user');
      if (!hasEnded) throw new AppError('session_not_found');
      await states.sessionsEnded([sessionId]);
    },
  };
}

export function createSessions(services: Services) {
  const { store, tokens } = services;

  /** `expiresIn` is in seconds. */
  async function tokenSet(user: User, refreshToken: RefreshToken) {
    const sessionId = refreshToken.sessionId;
    const { token, expiresIn } = await tokens.sign({ userId: user.id, sessionId, roles: user.roles });
    return { accessToken: token, refreshToken: refreshToken.text, expiresIn, user };
  }

  return {
    tokenSet,

    /**
     * Opens a session for an account whose password has just been checked; tokenSet makes the tokens afterwards. Ends
     * the oldest sessions beyond the cap.
     * @returns null if the account was disabled or deleted, or its password changed, in the meantime. That change
     * ended all sessions, and no session may be opened behind it.
     */
    open: (account: Account, client: Client): Promise<RefreshToken | null> =>
      openSession(services, account, client),

    /**
     * Exchanges a refresh token for new tokens (RFC 6749 section 6, ASVS 10.4.5).
     * @throws AppError invalid_refresh_token
     */
    async refresh(text: string) {
      const { user, successor } = await rotate(services, text);
      return tokenSet(user, successor);
    },

    list: (userId: string): Promise<Session[]> => store.sessions.listActive(userId),

    ...createEnds(services),
  };
}
