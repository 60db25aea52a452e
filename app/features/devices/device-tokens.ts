import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createMemoryCounter } from '../../store/rate-limit/memory-counter.ts';
import type { Account } from '../../store/tables/users.ts';

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;

/** Seconds for which a browser keeps the cookie: one year. */
export const deviceTokenLifetime = 31_536_000;

const form = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{22})\.(?:(\d{1,10})\.)?([\w-]{43})/;
const wholeForm = new RegExp(`^${form.source}$`);

/** The parts of a device token. Nothing about them is verified yet. The epoch is null in a token of the first form. */
function parse(token: string | null, pattern = wholeForm) {
  const [, userId, nonce, epoch, mac] = pattern.exec(token ?? '') ?? [];
  if (!userId || !nonce || !mac) return null;
  return { userId, nonce, epoch: epoch ? Number(epoch) : null, mac: Buffer.from(mac, 'base64url') };
}

/** Logins per user and window that a device token may give priority to: as many as an address may have. */
const priorityBudget = { points: 60, window: 60_000 } as const;

/**
 * A device token marks a device on which the user has logged in before (OWASP: device cookies). Its form is
 * `user id.nonce.epoch.MAC`, with a MAC over user id, nonce and the account's device epoch; a password change and a
 * logout from all sessions raise the epoch. Tokens of the first form have no epoch and are as valid. The token proves no
 * identity and opens no session. It only gives the device a budget of login attempts that strangers cannot use up, and
 * priority in the hash queue.
 */
export function createDeviceTokens(secret: Buffer) {
  const macOf = (account: Pick<Account, 'id' | 'deviceEpoch'>, nonce: string): Buffer =>
    createHmac('sha256', secret).update(`${account.id}|${nonce}|${account.deviceEpoch}`).digest();
  const priorities = createMemoryCounter();

  return {
    /** @param nonce of a recognised device, which keeps its budget. @default a new one */
    issue(
      account: Pick<Account, 'id' | 'deviceEpoch'>,
      nonce = randomBytes(16).toString('base64url'),
    ): string {
      return `${account.id}.${nonce}.${account.deviceEpoch}.${macOf(account, nonce).toString('base64url')}`;
    },

    /**
     * Whether a text contains a token that this service has issued, at whatever epoch: the account is not read. One
     * user's tokens are recognised 60 times a minute, so that nobody fills the hash queue with a token of their own.
     */
    isRecognised(text: string): boolean {
      const claim = parse(text, form);
      if (!claim || claim.epoch === null) return false;
      const { userId, nonce, epoch, mac } = claim;
      if (!timingSafeEqual(mac, macOf({ id: userId, deviceEpoch: epoch }, nonce))) return false;
      const counted = priorities.consume(userId, priorityBudget.window);
      return counted !== null && counted.consumed <= priorityBudget.points;
    },

    /** The user id that the token names, unverified; null if the text does not have the form of a device token. */
    claimedUserId: (token: string | null): string | null => parse(token)?.userId ?? null,

    /** The nonce of a token that is valid for this account, otherwise null. */
    verify(token: string | null, account: Pick<Account, 'id' | 'deviceEpoch'>): string | null {
      const claim = parse(token);
      if (claim?.userId !== account.id) return null;
      return timingSafeEqual(claim.mac, macOf(account, claim.nonce)) ? claim.nonce : null;
    },
  };
}
