import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Session } from '../../store/tables/sessions.ts';
import type { Account, User } from '../../store/tables/users.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { createMacKey, issueRefreshToken, type RefreshToken } from './internal/refresh-token.ts';
import { type RotationServices, rotate } from './internal/rotation.ts';

export type { RefreshOutcome } from './internal/rotation.ts';

export type Sessions = ReturnType<typeof createSessions>;
export type TokenSet = Awaited<ReturnType<Sessions['tokenSet']>>;

type Services = RotationServices & { readonly tokens: AccessTokens };

async function openSession(
  { store, states, tokens, lifetimes }: Services,
  account: Account,
  client: Client,
): Promise<RefreshToken | null> {
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
  return refreshToken;
}

export function createSessions(services: Services) {
  const { store, states, tokens } = services;

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
     * @throws AppError service_unavailable while the signing key is revoked
     */
    open: (account: Account, client: Client): Promise<RefreshToken | null> =>
      openSession(services, account, client),

    /**
     * Exchanges a refresh token for new tokens (RFC 6749 section 6, ASVS 10.4.5).
     * @throws AppError invalid_refresh_token, or service_unavailable while the signing key is revoked
     */
    async refresh(text: string) {
      tokens.assertCanSign();
      const { user, successor } = await rotate(services, text);
      return tokenSet(user, successor);
    },

    list: (userId: string): Promise<Session[]> => store.sessions.listActive(userId),

    /** Ends the caller's session. Idempotent. */
    async logOut(sessionId: string, userId: string): Promise<void> {
      await store.sessions.end(sessionId, userId, 'logout');
      await states.sessionsEnded([sessionId]);
    },

    /** Ends every session of the user and invalidates every device token (ASVS 7.4.3). */
    async logOutEverywhere(userId: string): Promise<void> {
      const ended = await store.transaction(async (tx) => {
        await tx.users.forgetDevices(userId);
        return tx.sessions.endAll(userId, 'logout_all');
      });
      await states.sessionsEnded(ended);
    },

    /**
     * Ends one session of the user.
     * @throws AppError session_not_found if it belongs to somebody else or has already ended
     */
    async end(sessionId: string, userId: string, cause: string): Promise<void> {
      if (!(await store.sessions.end(sessionId, userId, cause))) throw new AppError('session_not_found');
      await states.sessionsEnded([sessionId]);
    },
  };
}
