import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account } from '../../store/tables/users.ts';

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;

/** Seconds for which a browser keeps the cookie: one year. */
export const deviceTokenLifetime = 31_536_000;

const pattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** The parts of a device token. Nothing about them is verified yet. */
function parse(token: string | null) {
  const [, userId, nonce, mac] = pattern.exec(token ?? '') ?? [];
  return userId && nonce && mac ? { userId, nonce, mac: Buffer.from(mac, 'base64url') } : null;
}

/**
 * A device token marks a device on which the user has logged in before (OWASP: device cookies). Its form is
 * `user id.nonce.MAC`, with a MAC over user id, nonce and the account's device epoch; a password change and a logout
 * from all sessions raise the epoch. The token proves no identity and opens no session. It only gives the device a
 * budget of login attempts that strangers cannot use up.
 */
export function createDeviceTokens(secret: Buffer) {
  const macOf = (account: Pick<Account, 'id' | 'deviceEpoch'>, nonce: string): Buffer =>
    createHmac('sha256', secret).update(`${account.id}|${nonce}|${account.deviceEpoch}`).digest();

  return {
    issue(account: Pick<Account, 'id' | 'deviceEpoch'>): string {
      const nonce = randomBytes(16).toString('base64url');
      return `${account.id}.${nonce}.${macOf(account, nonce).toString('base64url')}`;
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
