import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Account } from '../../store/tables/users.ts';

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;

/** Seconds a browser keeps the cookie. */
export const deviceTokenLife = 31_536_000;

const pattern = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** What a device token says of itself; unchecked. */
interface DeviceClaim {
  readonly userId: string;
  readonly nonce: string;
  readonly mac: Buffer;
}

function parse(token: string | null): DeviceClaim | null {
  const [, userId, nonce, mac] = pattern.exec(token ?? '') ?? [];
  return userId && nonce && mac ? { userId, nonce, mac: Buffer.from(mac, 'base64url') } : null;
}

/**
 * Marks a device on which the user has logged in before (OWASP's device cookies): `user id.nonce.MAC`, the MAC over
 * user id, nonce and the account's device epoch, which a changed password and a logout everywhere raise. It proves no
 * identity and opens no session; it only gives the device an attempt budget that strangers cannot use up.
 */
export function createDeviceTokens(secret: Buffer) {
  const macOf = (account: Pick<Account, 'id' | 'deviceEpoch'>, nonce: string): Buffer =>
    createHmac('sha256', secret).update(`${account.id}|${nonce}|${account.deviceEpoch}`).digest();

  return {
    issue(account: Pick<Account, 'id' | 'deviceEpoch'>): string {
      const nonce = randomBytes(16).toString('base64url');
      return `${account.id}.${nonce}.${macOf(account, nonce).toString('base64url')}`;
    },

    /** Whose account the token says it is good for; null for what has not its form. */
    claimedUser: (token: string | null): string | null => parse(token)?.userId ?? null,

    /** The nonce of a token that is good for this account, else null. */
    recognise(token: string | null, account: Pick<Account, 'id' | 'deviceEpoch'>): string | null {
      const claim = parse(token);
      if (claim?.userId !== account.id) return null;
      return timingSafeEqual(claim.mac, macOf(account, claim.nonce)) ? claim.nonce : null;
    },
  };
}
