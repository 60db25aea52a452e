import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Caller } from '../../store/caller.ts';
import type { Store } from '../../store/store.ts';
import { actorOf, onUser, writeAudit } from '../audit/audit-log.ts';
import {
  type ConfirmPassword,
  checkConfirmation,
  getOwnAccount,
} from '../passwords/password-confirmation.ts';
import type { AccessTokens } from '../tokens/access-token.ts';

export type Reauthenticate = ReturnType<typeof createReauthenticate>;

export function createReauthenticate(services: {
  store: Store;
  tokens: AccessTokens;
  confirmPassword: ConfirmPassword;
}) {
  const { store, tokens, confirmPassword } = services;

  /**
   * Renews the authentication of a session by the password (RFC 9470). Only the new access token, and those of later
   * refreshes, have the new time. Earlier ones stay as they were, because a thief may have one of them.
   * @returns the new access token and its lifetime in seconds
   * @throws AppError wrong_password, unauthorized, rate_limited or overloaded; service_unavailable while the signing key is
   *   revoked
   */
  return async function reauthenticate(
    call: { readonly caller: Caller; readonly client: Client },
    password: string,
  ): Promise<{ token: string; expiresIn: number }> {
    const { sessionId, user } = call.caller;
    tokens.assertCanSign();
    const confirmed = await confirmPassword(call.caller, password);
    const { authTime, roles } = await store.changeAs(call.caller, async (tx, locked) => {
      checkConfirmation(locked, confirmed);
      const renewed = await tx.sessions.renewAuthentication(sessionId);
      if (!renewed) throw new AppError('unauthorized');
      await writeAudit(tx, actorOf(call), { action: 'authentication.renew', ...onUser(user.id) });
      // Not the caller's: the body may have arrived long after the roles were read.
      const { roles } = await getOwnAccount(tx, user.id);
      return { authTime: renewed, roles };
    });
    return tokens.sign({ userId: user.id, sessionId, roles, authTime });
  };
}
