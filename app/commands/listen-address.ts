import { isIPv6 } from 'node:net';

/** Whether HOST names no single address, so that loopback addresses reach the listener. */
export const isAnyAddress = (host: string | undefined): boolean =>
  !host || host === '0.0.0.0' || host === '::';

/** The host and port of a URL that reaches the listener from this machine; an IPv6 address is in brackets (RFC 3986). */
export function authority(host: string | undefined, port: number): string {
  if (!host || isAnyAddress(host)) return `localhost:${port}`;
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
