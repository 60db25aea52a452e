import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { addToSketch, countDistinct, createSketch, type DistinctSketch } from '../../store/distinct-count.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import type { SystemStore } from '../../store/store.ts';
import { canonicalEmail } from '../users/email-address.ts';
import type { Login } from './login.ts';

/** Milliseconds. The window is the current minute and the nine before it. */
const minute = 60_000;
const windowMinutes = 10;
const window = windowMinutes * minute;

/**
 * Accounts of one minute that wait for Redis. Further ones count on this replica only, so that neither a flood of emails
 * nor an outage of Redis fills the memory.
 */
const maxWaiting = 2_000;

/** Characters of a MAC: 96 bits. */
const macLength = 16;

const outcomes = ['success', 'failure'] as const;
type Outcome = (typeof outcomes)[number];

export type LoginAccounts = ReturnType<typeof createLoginAccounts>;

/** Drops what no minute of the window needs any more. */
function dropOld(byMinute: Map<number, unknown>, current: number): void {
  for (const at of byMinute.keys()) if (at <= current - windowMinutes) byMinute.delete(at);
}

function getOrAdd<T>(byMinute: Map<number, T>, at: number, create: () => T): T {
  const found = byMinute.get(at) ?? create();
  byMinute.set(at, found);
  return found;
}

/** The accounts of one outcome. */
function createCount(redis: RedisClient, outcome: Outcome) {
  const sketches = new Map<number, DistinctSketch>();
  const waiting = new Map<number, Set<string>>();
  let shared = { value: 0, readAt: Number.NEGATIVE_INFINITY };
  // The braces put the keys of all minutes into one hash slot of a cluster, which counts them together.
  const keyOf = (at: number): string => `{login-accounts}:${outcome}:${at}`;

  async function send(): Promise<void> {
    for (const [at, macs] of waiting) {
      const sent = [...macs];
      if (sent.length > 0) await redis.addDistinct(keyOf(at), sent, window + minute);
      for (const mac of sent) macs.delete(mac);
    }
  }

  return {
    add(mac: string, current: number): void {
      dropOld(sketches, current);
      addToSketch(getOrAdd(sketches, current, createSketch), mac);
      const macs = getOrAdd(waiting, current, () => new Set<string>());
      if (macs.size < maxWaiting) macs.add(mac);
    },
    /** @param now milliseconds since the epoch */
    async refresh(now: number): Promise<void> {
      const current = Math.floor(now / minute);
      dropOld(waiting, current);
      await send();
      const keys = Array.from({ length: windowMinutes }, (_, index) => keyOf(current - index));
      shared = { value: await redis.countDistinct(keys), readAt: now };
    },
    read(now: number): number {
      dropOld(sketches, Math.floor(now / minute));
      const isKnown = now - shared.readAt < window;
      return Math.max(countDistinct(sketches.values()), isKnown ? shared.value : 0);
    },
  };
}

/**
 * Counts the distinct accounts that the logins of the last ten minutes named, on all replicas: an attack on many accounts
 * differs from one user, or one script, that tries often. An account is the submitted email, whether or not it exists.
 *
 * A login costs one MAC. `refresh` sends the new ones to Redis and reads the common count. Redis stores no email and no MAC,
 * only the registers of a HyperLogLog (12 KiB for each minute and outcome). The MAC has a secret key, because an attacker
 * who knows the hash could choose emails that all count as one.
 *
 * While Redis does not answer, the last common count stays in use until its ten minutes have passed, unless this replica
 * alone has seen more. Then each replica shows what it has seen itself. So an outage of Redis neither begins nor ends an
 * alert at once, and afterwards an attack is underestimated at most by the number of replicas.
 * @param options.now milliseconds since the epoch; the minutes of all replicas must agree
 */
export function createLoginAccounts({
  redis,
  secret,
  now = Date.now,
}: {
  redis: RedisClient;
  secret: Buffer;
  now?: () => number;
}) {
  const counts = { success: createCount(redis, 'success'), failure: createCount(redis, 'failure') };
  let isRunning = false;

  return {
    add(outcome: Outcome, email: string): void {
      const mac = createHmac('sha256', secret).update(email).digest('base64url').slice(0, macLength);
      counts[outcome].add(mac, Math.floor(now() / minute));
    },
    /** Never throws: the outage of Redis is reported where it is noticed. */
    async refresh(): Promise<void> {
      if (isRunning) return;
      isRunning = true;
      try {
        for (const outcome of outcomes) await counts[outcome].refresh(now());
      } catch {
        // What could not be sent is sent by the next run.
      } finally {
        isRunning = false;
      }
    },
    /** The series of `auth_login_accounts`. */
    samples: () => outcomes.map((outcome) => ({ labels: { outcome }, value: counts[outcome].read(now()) })),
  };
}

/** Creates the counts with the key that all replicas share, and shows them in the metrics. */
export async function openLoginAccounts(parts: {
  store: Pick<SystemStore, 'serviceSecrets'>;
  redis: RedisClient;
  metrics: Pick<Metrics, 'loginAccounts'>;
}): Promise<LoginAccounts> {
  // A secret of its own would be a write, which a service that starts on a read-only primary cannot make.
  const shared = await parts.store.serviceSecrets.get('login-throttle', randomBytes(32));
  const secret = Buffer.from(hkdfSync('sha256', shared, '', 'login-accounts', 32));
  const accounts = createLoginAccounts({ redis: parts.redis, secret });
  parts.metrics.loginAccounts.onCollect(accounts.samples);
  return accounts;
}

/** A password was refused, or an attempt was refused without a look at the password. An overload says nothing about a guess. */
const isRefused = (error: unknown): boolean =>
  error instanceof AppError && ['invalid_credentials', 'rate_limited'].includes(error.code);

/** The login, which also counts the account that each attempt names. */
export function countLoginAccounts(login: Login, accounts: LoginAccounts): Login {
  return async (credentials, client, priority) => {
    const email = canonicalEmail(credentials.email);
    try {
      const result = await login(credentials, client, priority);
      accounts.add('success', email);
      return result;
    } catch (error) {
      if (isRefused(error)) accounts.add('failure', email);
      throw error;
    }
  };
}
