import { AppError } from '../../errors.ts';
import type { Context } from '../../http/route/context.ts';
import type { ActiveSession } from '../../store/tables/sessions.ts';
import { adminRole } from '../roles/roles.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import type { SessionStates } from './session-states.ts';

export type Authenticate = ReturnType<typeof createAuthenticate>;

/** The scheme is case-insensitive (RFC 9110 section 11.1); the token is RFC 6750's b64token. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

export function createAuthenticate(options: { tokens: AccessTokens; states: SessionStates }) {
  const { tokens, states } = options;

  /**
   * Who calls: a token that is right in itself, of a session that lives, of a user who is active. Roles come from the
   * user's state, never from the claim.
   * @throws AppError unauthorized, or service_unavailable when nobody can tell
   */
  return async function authenticate(ctx: Context): Promise<ActiveSession> {
    const [, token] = bearer.exec(ctx.get('Authorization')) ?? [];
    if (!token) throw new AppError('unauthorized');
    const claims = await tokens.verify(token);
    const caller = await states.find(claims.sessionId);
    if (!caller || caller.user.id !== claims.userId) throw new AppError('unauthorized');
    ctx.state.userId = caller.user.id;
    return caller;
  };
}

/** @throws AppError forbidden */
export function requireAdmin(caller: ActiveSession): void {
  if (!caller.user.roles.includes(adminRole)) throw new AppError('forbidden');
}
