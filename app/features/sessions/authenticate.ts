import { AppError } from '../../errors.ts';
import type { Authenticate } from '../../http/route/dispatch.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import type { SessionStates } from './session-states.ts';

/** The scheme is case-insensitive (RFC 9110 section 11.1); the token is RFC 6750's b64token. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Identifies the caller by a valid access token of an active session of an active user. Roles come from the user's
 * state, never from the token's claim.
 */
export function createAuthenticate(services: { tokens: AccessTokens; states: SessionStates }): Authenticate {
  const { tokens, states } = services;
  return async function authenticate(ctx) {
    const [, token] = bearer.exec(ctx.get('Authorization')) ?? [];
    if (!token) throw new AppError('unauthorized');
    const claims = await tokens.verify(token);
    const caller = await states.find(claims.sessionId);
    if (!caller || caller.user.id !== claims.userId) throw new AppError('unauthorized');
    ctx.state.userId = caller.user.id;
    ctx.state.authTime = claims.authTime;
    return caller;
  };
}
