import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Client } from '../../http/client.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Store } from '../../store/store.ts';
import type { Account } from '../../store/tables/users.ts';
import type { DeviceTokens } from '../devices/device-tokens.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Sessions, TokenSet } from '../sessions/sessions.ts';
import { checkCounted, type LoginThrottle } from '../throttling/login-throttle.ts';

type Refusal = 'unknown_email' | 'wrong_password' | 'disabled';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** From the body or the cookie; unchecked. */
  readonly deviceToken: string | null;
}

export interface LoginResult {
  readonly tokens: TokenSet;
  readonly deviceToken: string;
}

interface KnownDevice {
  readonly account: Account;
  readonly nonce: string;
}

export type Login = ReturnType<typeof createLogin>;

export function createLogin(options: {
  store: Store;
  sessions: Sessions;
  devices: DeviceTokens;
  hasher: PasswordHasher;
  throttle: LoginThrottle;
  metrics: Metrics;
  log: Logger;
}) {
  const { store, sessions, devices, hasher, throttle, metrics, log } = options;

  /** The history serves its reader; a login must not fail for want of it. */
  async function record(
    client: Client,
    entry: { userId: string | null; sessionId: string | null; reason: Refusal | null },
  ): Promise<void> {
    const outcome = entry.reason ? 'failure' : 'success';
    metrics.logins.inc({ outcome, reason: entry.reason ?? 'none' });
    log.info(
      { event: 'login', outcome, ...entry, requestId: client.requestId, ip: client.ip },
      `login ${outcome}`,
    );
    try {
      await store.loginHistories.insert({
        id: randomUUID(),
        ...entry,
        outcome,
        ip: client.ip,
        userAgent: client.userAgent,
      });
    } catch (error) {
      log.error({ err: error, event: 'login_history_lost' }, 'a login was not recorded in its history');
    }
  }

  /** Best effort, once the session is open: a full queue must not turn a right password away; the next login tries again. */
  async function rehash(account: Account, password: string): Promise<void> {
    try {
      await store.users.replaceHash(account.id, account.passwordHash, await hasher.hash(password));
    } catch (error) {
      const event = { event: 'rehash_postponed', err: error, userId: account.id };
      log.warn(event, 'a password keeps its old argon2 parameters until the next login');
    }
  }

  /**
   * The account of a device that has logged in to it before, and the device's nonce. It is looked up by what the token
   * says, whatever email came along: before an attempt is admitted nothing may depend on whether that email exists, or
   * the time of a refusal would tell (ASVS 6.3.8).
   */
  async function knownDevice({ deviceToken }: Credentials, email: string): Promise<KnownDevice | null> {
    const userId = devices.claimedUser(deviceToken);
    const account = userId ? await store.users.findById(userId) : null;
    if (account?.email !== email) return null;
    const nonce = devices.recognise(deviceToken, account);
    return nonce ? { account, nonce } : null;
  }

  function refusalOf(account: Account | null, matches: boolean): Refusal | null {
    if (!account) return 'unknown_email';
    if (!matches) return 'wrong_password';
    return account.disabledAt ? 'disabled' : null;
  }

  async function refuse(client: Client, account: Account | null, reason: Refusal): Promise<never> {
    await record(client, { userId: account?.id ?? null, sessionId: null, reason });
    throw new AppError('invalid_credentials');
  }

  /** The account changed while its password was being verified; what it is now is the reason. */
  async function refuseOvertaken(client: Client, account: Account): Promise<never> {
    const now = await store.users.findById(account.id);
    const matches = now?.passwordChangedAt.getTime() === account.passwordChangedAt.getTime();
    return refuse(client, account, refusalOf(now, matches) ?? 'disabled');
  }

  /**
   * Unknown email, wrong password and disabled account take the same path: one look-up, one argon2 verification, one
   * history row, one error (ASVS 6.3.8).
   * @throws AppError invalid_credentials, rate_limited or overloaded
   */
  return async function login(credentials: Credentials, client: Client): Promise<LoginResult> {
    const email = credentials.email.toLowerCase();
    const device = await knownDevice(credentials, email);
    const attempt = { email, network: client.network, device: device?.nonce ?? null };
    const admission = await throttle.countLogin(attempt);
    const { account, matches, outdated } = await checkCounted(admission, async () => {
      const found = device?.account ?? (await store.users.findByEmail(email));
      const verdict = await hasher.verify(found?.passwordHash ?? null, credentials.password);
      return { account: found, ...verdict };
    });
    const reason = refusalOf(account, matches);
    if (!account) return refuse(client, account, 'unknown_email');
    if (reason) return refuse(client, account, reason);
    const refreshToken = await sessions.open(account, client);
    if (!refreshToken) return refuseOvertaken(client, account);
    await admission.succeed();
    await record(client, { userId: account.id, sessionId: refreshToken.sessionId, reason: null });
    if (outdated) await rehash(account, credentials.password);
    // A recognised device keeps its token: a login must not multiply budgets.
    const deviceToken = (device && credentials.deviceToken) || devices.issue(account);
    return { tokens: await sessions.tokenSet(account, refreshToken), deviceToken };
  };
}
