import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Priority } from '../../http/route/network-standing.ts';
import { whereOf } from '../../observe/events/subject-fields.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SystemStore } from '../../store/store.ts';
import type { LoginAttempt } from '../../store/tables/login-histories.ts';
import type { Account } from '../../store/tables/users.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { type LoginThrottle, refundUnlessChecked } from '../throttling/login-throttle.ts';
import { canonicalEmail } from '../users/email-address.ts';

interface Credentials {
  readonly email: string;
  readonly password: string;
  /** From the body or the cookie, unverified. */
  readonly deviceToken: string | null;
  /** Keyed hash of the email, for the log. */
  readonly accountRef: string;
}

interface LoginServices {
  readonly store: SystemStore;
  readonly sessions: Sessions;
  readonly devices: DeviceTokens;
  readonly hasher: PasswordHasher;
  readonly throttle: LoginThrottle;
  readonly metrics: Metrics;
  readonly log: Logger;
}

type FailureReason = 'unknown_email' | 'wrong_password' | 'disabled';

/** The reason is null for a successful login. */
type LoginOutcome = Pick<LoginAttempt, 'userId' | 'sessionId'> & { readonly reason: FailureReason | null };

/** Who attempts a login, and from where. */
interface Origin {
  readonly client: Client;
  readonly accountRef: string;
}

export type Login = ReturnType<typeof createLogin>;

/**
 * The account of a device that has logged in to it before, and the device's nonce. The account is looked up by the user
 * id in the token, whatever email was sent: until an attempt is counted, nothing may depend on whether that email
 * exists, or the time of a refusal would reveal it (ASVS 6.3.8).
 */
async function recogniseDevice({ store, devices }: LoginServices, deviceToken: string | null, email: string) {
  const userId = devices.claimedUserId(deviceToken);
  const account = userId ? await store.users.findById(userId) : null;
  if (account?.email !== email) return null;
  const nonce = devices.verify(deviceToken, account);
  return nonce ? { account, nonce } : null;
}

function failureOf(account: Account | null, matches: boolean): FailureReason | null {
  if (!account) return 'unknown_email';
  if (!matches) return 'wrong_password';
  return account.disabledAt ? 'disabled' : null;
}

/** The account changed while its password was being checked. The reason is what the account is now. */
async function failureOfChanged({ store }: LoginServices, account: Account): Promise<FailureReason> {
  const now = await store.users.findById(account.id);
  const matches = now?.passwordChangedAt.getTime() === account.passwordChangedAt.getTime();
  return failureOf(now, matches) ?? 'disabled';
}

/** Best effort after the session is open: a full queue must not fail a login. The next login tries again. */
async function rehash(
  { store, hasher, log }: LoginServices,
  account: Account,
  password: string,
  client: Client,
): Promise<void> {
  try {
    await store.users.replaceHash(account.id, account.passwordHash, await hasher.hash(password));
  } catch (error) {
    const subject = { userId: account.id, ...whereOf(client) };
    const message = 'a password keeps its old argon2 parameters until the next login';
    log.warn({ event: 'rehash_postponed', ...subject, err: error }, message);
  }
}

/** Records a login attempt in metrics, log and history. A login does not fail because its history cannot be written. */
async function record(
  { store, metrics, log }: LoginServices,
  { client, accountRef }: Origin,
  entry: LoginOutcome,
): Promise<void> {
  const outcome = entry.reason ? 'failure' : 'success';
  metrics.logins.inc({ outcome, reason: entry.reason ?? 'none' });
  const where = whereOf(client);
  log.info({ event: 'login', outcome, ...entry, accountRef, ...where }, `login ${outcome}`);
  try {
    await store.loginHistories.insert({
      id: randomUUID(),
      ...entry,
      outcome,
      ip: client.ip,
      userAgent: client.userAgent,
    });
  } catch (error) {
    const line = { event: 'login_history_lost', userId: entry.userId, ...where, err: error } as const;
    log.error(line, 'a login was not recorded in the login history');
  }
}

export function createLogin(services: LoginServices) {
  const { store, sessions, devices, hasher, throttle } = services;

  async function refuse(origin: Origin, account: Account | null, reason: FailureReason): Promise<never> {
    await record(services, origin, { userId: account?.id ?? null, sessionId: null, reason });
    throw new AppError('invalid_credentials');
  }

  /**
   * Unknown email, wrong password and disabled account take the same path: one look-up, one argon2 verification, one
   * history row, one error (ASVS 6.3.8). The purge deletes the rows of unknown emails after a few days.
   * @throws AppError invalid_credentials, rate_limited or overloaded
   */
  return async function login(credentials: Credentials, client: Client, priority: Priority) {
    const email = canonicalEmail(credentials.email);
    const origin = { client, accountRef: credentials.accountRef };
    const device = await recogniseDevice(services, credentials.deviceToken, email);
    // The proof of a device of another account has got the request this far, but no further.
    const hashPriority = priority === 'known' && !device ? 'suspect' : priority;
    const attempt = await throttle.countLogin({
      email,
      network: client.network,
      device: device?.nonce ?? null,
      where: whereOf(client),
    });
    const { account, matches, outdated } = await refundUnlessChecked(attempt, async () => {
      const found = device?.account ?? (await store.users.findByEmail(email));
      const result = await hasher.verify(found?.passwordHash ?? null, credentials.password, hashPriority);
      return { account: found, ...result };
    });
    const reason = failureOf(account, matches);
    if (!account || reason) return refuse(origin, account, reason ?? 'unknown_email');
    const refreshToken = await sessions.open(account, client);
    if (!refreshToken) return refuse(origin, account, await failureOfChanged(services, account));
    await attempt.succeed();
    const subject = { userId: account.id, sessionId: refreshToken.sessionId };
    await record(services, origin, { ...subject, reason: null });
    if (outdated) await rehash(services, account, credentials.password, client);
    // A recognised device keeps its nonce: a login must not multiply budgets.
    const deviceToken = devices.issue(account, device?.nonce);
    return { tokens: await sessions.tokenSet(account, refreshToken), deviceToken, subject };
  };
}
