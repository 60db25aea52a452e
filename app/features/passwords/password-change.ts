import type { Store } from '../../store/store.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import {
  type ConfirmPassword,
  getOwnAccount,
  lockOwnAccount,
  type OwnSession,
} from './password-confirmation.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { CheckPassword } from './password-policy.ts';

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
  return async function changePassword(session: OwnSession, current: string, next: string): Promise<string> {
    const userId = session.user.id;
    // Check the policy first: a refused password must not use up one of the few confirmations.
    await checkPassword(next, await getOwnAccount(store, userId), 'new_password');
    const account = await confirmPassword(session, current);
    const hash = await hasher.hash(next);
    const { ended, deviceEpoch } = await store.transaction(async (tx) => {
      await lockOwnAccount(tx, userId, account);
      const { deviceEpoch } = await tx.users.setPassword(userId, hash);
      return { deviceEpoch, ended: await tx.sessions.endAll(userId, 'password_changed', session.sessionId) };
    });
    await states.sessionsEnded(ended);
    return devices.issue({ id: userId, deviceEpoch });
  };
}
