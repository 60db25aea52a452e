import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { SessionStates } from '../sessions/session-states.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkPassword } from './password-policy.ts';

export type PasswordReset = ReturnType<typeof createPasswordReset>;

/** Milliseconds; long enough to hand a token over, short enough to be forgotten (ASVS 6.4.1). */
export const resetTokenLife = 3_600_000;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export interface ResetToken {
  readonly token: string;
  readonly hash: Buffer;
}

export function createResetToken(): ResetToken {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** Redeems a token that an administrator issued (ASVS 6.4.6): the administrator never learns the password. */
export function createPasswordReset(options: {
  store: Store;
  states: SessionStates;
  hasher: PasswordHasher;
  devices: DeviceTokens;
}) {
  const { store, states, hasher, devices } = options;

  /**
   * Sets the password and ends all sessions, once per token. A password the policy refuses leaves the token unspent.
   * @returns a device token: who chose the password is no stranger, and does not wait among those who guess it
   * @throws AppError invalid_reset_token, a password policy code, or overloaded
   */
  return async function resetPassword(token: string, password: string): Promise<string> {
    const tokenHash = hashOf(token);
    const found = await store.passwordResets.find(tokenHash);
    const account = found && (await store.users.findById(found.userId));
    if (!account) throw new AppError('invalid_reset_token');
    checkPassword(password, account);
    const hash = await hasher.hash(password);
    const { ended, version, deviceEpoch } = await store.transaction(async (within) => {
      const userId = await within.passwordResets.consume(tokenHash);
      // Deleting an account leaves its token behind.
      if (!userId || !(await within.users.findByIdForUpdate(userId)))
        throw new AppError('invalid_reset_token');
      const { version, deviceEpoch } = await within.users.setPassword(userId, hash);
      return { version, deviceEpoch, ended: await within.sessions.endAll(userId, 'password_reset') };
    });
    await states.sessionsEnded(ended);
    await states.userChanged(account.id, version);
    return devices.issue({ id: account.id, deviceEpoch });
  };
}
