import type { Client } from '../../http/client.ts';
import { whereOf } from '../../observe/events/subject-fields.ts';
import type { Caller } from '../../store/caller.ts';
import type { Store } from '../../store/store.ts';
import { actorOf, onUser, writeAudit } from '../audit/audit-log.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import { type ConfirmPassword, checkConfirmation, getAccountOf } from './password-confirmation.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { CheckPassword } from './password-policy.ts';
import { refuseIssuedToken } from './password-reset.ts';

export type ChangePassword = ReturnType<typeof createChangePassword>;

export function createChangePassword(services: {
  store: Store;
  states: SessionStates;
  hasher: PasswordHasher;
  checkPassword: CheckPassword;
  confirmPassword: ConfirmPassword;
  devices: DeviceTokens;
}) {
  const { store, states, hasher, checkPassword, confirmPassword, devices } = services;

  /**
   * Changes the password, ends all other sessions and invalidates every device token. The caller gets a new device
   * token, because the caller has just proved what a login proves (ASVS 6.2.3, 7.4.3).
   * @returns a device token; without one the owner would share the login attempts of everyone who guesses the password
   * @throws AppError wrong_password, a password policy code, rate_limited or overloaded
   */
  return async function changePassword(
    caller: Caller,
    { current, next }: { current: string; next: string },
    client: Client,
  ): Promise<string> {
    const userId = caller.user.id;
    // Check the policy first: a refused password must not use up one of the few confirmations.
    const before = await getAccountOf(store, caller);
    await refuseIssuedToken(store, next, 'new_password');
    await checkPassword(next, before, { field: 'new_password', where: whereOf(client) });
    const account = await confirmPassword(caller, current);
    const hash = await hasher.hash(next);
    const { ended, deviceEpoch } = await store.changeAs(caller, async (tx, locked) => {
      checkConfirmation(locked, account);
      const { deviceEpoch } = await tx.users.setPassword(userId, hash);
      const ended = await tx.sessions.endAll(userId, 'password_changed', caller.sessionId);
      await writeAudit(tx, actorOf({ caller, client }), {
        action: 'user.change_password',
        ...onUser(userId),
        detail: { ended_sessions: ended.length },
      });
      return { deviceEpoch, ended };
    });
    await states.sessionsEnded(ended);
    return devices.issue({ id: userId, deviceEpoch });
  };
}
