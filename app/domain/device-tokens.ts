import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account } from '../store/user-store.ts';

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;

/** Seconds a browser keeps the cookie. */
export const deviceTokenLife = 31_536_000;

const pattern = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/**
 * Marks a device on which the user has logged in before (OWASP's device cookies): `nonce.MAC`, the MAC over user id,
 * nonce and the account's device epoch, which a changed password and a logout everywhere raise. It proves no
 * identity and opens no session; it only gives the device an attempt budget that strangers cannot use up.
 */
export function createDeviceTokens(secret: Buffer) {
  const macOf = (account: Pick<Account, 'id' | 'deviceEpoch'>, nonce: string): Buffer =>
    createHmac('sha256', secret).update(`${account.id}|${nonce}|${account.deviceEpoch}`).digest();

  return {
    issue(account: Pick<Account, 'id' | 'deviceEpoch'>): string {
      const nonce = randomBytes(16).toString('base64url');
      return `${nonce}.${macOf(account, nonce).toString('base64url')}`;
    },

    /** The nonce of a token that is good for this account, else null. An unknown account knows no device. */
    recognise(token: string | null, account: Pick<Account, 'id' | 'deviceEpoch'> | null): string | null {
      const [, nonce, mac] = pattern.exec(token ?? '') ?? [];
      if (!nonce || !mac || !account) return null;
      return timingSafeEqual(Buffer.from(mac, 'base64url'), macOf(account, nonce)) ? nonce : null;
    },
  };
}
