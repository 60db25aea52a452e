import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Priority } from '../../http/route/network-standing.ts';
import type { Store } from '../../store/store.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { CheckPassword } from './password-policy.ts';

export type ResetPassword = ReturnType<typeof createResetPassword>;

/** Milliseconds: long enough to hand a token over, short enough that it does not lie around (ASVS 6.4.1). */
export const resetTokenLifetime = 3_600_000;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export function createResetToken() {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

export function createResetPassword(services: {
  store: Store;
  states: SessionStates;
  hasher: PasswordHasher;
  checkPassword: CheckPassword;
  devices: DeviceTokens;
}) {
  const { store, states, hasher, checkPassword, devices } = services;

  /**
   * Redeems a token that an administrator issued, so that the administrator never learns the password (ASVS 6.4.6).
   * Sets the password and ends all sessions, once per token. A password that the policy refuses leaves the token valid.
   * @returns a device token, so that the owner does not share the login attempts of everyone who guesses the password
   * @throws AppError invalid_reset_token, a password policy code, or overloaded
   */
  return async function resetPassword(token: string, password: string, priority: Priority): Promise<string> {
    const tokenHash = hashOf(token);
    const found = await store.passwordResets.find(tokenHash);
    const account = found && (await store.users.findById(found.userId));
    if (!account) throw new AppError('invalid_reset_token');
    await checkPassword(password, account);
    const hash = await hasher.hash(password, priority);
    const { ended, version, deviceEpoch } = await store.transaction(async (tx) => {
      const userId = await tx.passwordResets.consume(tokenHash);
      // The deletion of an account leaves its token behind.
      if (!userId || !(await tx.users.findByIdForUpdate(userId))) throw new AppError('invalid_reset_token');
      const { version, deviceEpoch } = await tx.users.setPassword(userId, hash);
      return { version, deviceEpoch, ended: await tx.sessions.endAll(userId, 'password_reset') };
    });
    await states.sessionsEnded(ended);
    await states.userChanged(account.id, version);
    return devices.issue({ id: account.id, deviceEpoch });
  };
}
