import { addressBlock } from '../../../http/address-block.ts';
import type { Client } from '../../../http/client.ts';
import type { SessionRow } from '../../../store/tables/sessions.ts';

/** What differs between the two clients that redeemed one refresh token. */
export type ClientDifference = 'network' | 'user_agent';

type FirstClient = Pick<SessionRow, 'ip' | 'userAgent' | 'isClientCurrent'>;

/** The address is unknown if its connection was closed before the request was read. */
const isKnown = (ip: string | null): ip is string => ip !== null && ip !== 'unknown';

/**
 * How a client differs from the one that made the newest token of the session: by the address block (IPv4 /24, IPv6 /48)
 * or by the user agent. Nothing is concluded from an address of the login, which the client may have left long ago.
 */
export function clientDifferences(first: FirstClient, second: Client): readonly ClientDifference[] {
  if (!first.isClientCurrent) return [];
  const isOtherNetwork =
    isKnown(first.ip) && isKnown(second.ip) && addressBlock(first.ip) !== addressBlock(second.ip);
  return [
    ...(isOtherNetwork ? (['network'] as const) : []),
    ...(first.userAgent === second.userAgent ? [] : (['user_agent'] as const)),
  ];
}
