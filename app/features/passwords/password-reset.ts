import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Subject } from '../../http/route/endpoint.ts';
import type { Priority } from '../../http/route/network-standing.ts';
import { whereOf } from '../../observe/events/subject-fields.ts';
import type { Reads, SystemStore } from '../../store/store.ts';
import { onUser, resetTokenHolder, writeAudit } from '../audit/audit-log.ts';
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

function refuse(path: string): never {
  const message = 'must not contain a reset token';
  throw new AppError('validation_failed', { detail: message, fields: [{ path, message }] });
}

/** A token is no password: an administrator and the channel that handed it over know it. Case does not matter. */
function refuseResetToken(password: string, token: string): void {
  if (password.toLowerCase().includes(token.toLowerCase())) refuse('password');
}

/**
 * Only the hash of a token is stored, so a password is refused here if it is exactly an unused token.
 * @throws AppError validation_failed
 */
export async function refuseIssuedToken(
  store: Pick<Reads, 'passwordResets'>,
  password: string,
  path: string,
): Promise<void> {
  if (await store.passwordResets.find(hashOf(password))) refuse(path);
}

export function createResetPassword(services: {
  store: SystemStore;
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
  return async function resetPassword(
    { token, password }: { token: string; password: string },
    { client, identify }: { client: Client; identify: (subject: Subject) => void },
    priority: Priority,
  ): Promise<string> {
    const tokenHash = hashOf(token);
    const found = await store.passwordResets.find(tokenHash);
    const account = found && (await store.users.findById(found.userId));
    if (!account) throw new AppError('invalid_reset_token');
    identify({ userId: account.id });
    refuseResetToken(password, token);
    await checkPassword(password, account, { where: whereOf(client) });
    const hash = await hasher.hash(password, priority);
    const { ended, version, deviceEpoch } = await store.transaction(async (tx) => {
      const userId = account.id;
      // Lock the account first, like every change that makes the token void. In the other order both could deadlock.
      const isThere = await tx.users.findByIdForUpdate(userId);
      if (!isThere || !(await tx.passwordResets.consume(tokenHash))) {
        throw new AppError('invalid_reset_token');
      }
      const { version, deviceEpoch } = await tx.users.setPassword(userId, hash);
      const ended = await tx.sessions.endAll(userId, 'password_reset');
      await writeAudit(tx, resetTokenHolder(client), {
        action: 'user.reset_password',
        ...onUser(userId),
        detail: { ended_sessions: ended.length, issued_by: found.createdBy },
      });
      return { version, deviceEpoch, ended };
    });
    await states.sessionsEnded(ended);
    await states.userChanged(account.id, version);
    return devices.issue({ id: account.id, deviceEpoch });
  };
}
