import { AppError } from '../../errors.ts';
import { bearerToken } from '../../http/route/bearer.ts';
import type { Authenticate } from '../../http/route/dispatch.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import type { SessionStates } from './session-states.ts';

/**
 * Identifies the caller by a valid access token of an active session of an active user. Roles come from the user's
 * state, never from the token's claim.
 */
export function createAuthenticate(services: { tokens: AccessTokens; states: SessionStates }): Authenticate {
  const { tokens, states } = services;
  return async function authenticate(ctx) {
    const token = bearerToken(ctx.get('Authorization'));
    if (!token) throw new AppError('unauthorized');
    const claims = await tokens.verify(token);
    const { sessionId, userId } = claims;
    const caller = await states.find(sessionId, { userId, client: ctx.state.client });
    if (!caller || caller.user.id !== userId) {
      // The signature of the token is valid, so the line of the refused request can name its user and session.
      Object.assign(ctx.state, { userId, sessionId });
      throw new AppError('unauthorized');
    }
    ctx.state.userId = caller.user.id;
    ctx.state.authTime = claims.authTime;
    return caller;
  };
}
