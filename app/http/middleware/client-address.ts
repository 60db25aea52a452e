import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { createLruCache } from '../../store/lru-cache.ts';
import type { Client } from '../client.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An IPv4 address mapped into IPv6 becomes the IPv4 address. Null if the text is not an address. */
function parse(text: string): Address | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function contains(range: [Address, number], address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

/** `::ffff:10.0.0.0/104` means 10.0.0.0/8, because addresses are compared in their unmapped form. */
function parseRange(text: string): [Address, number] {
  const [address = '', bits] = text.split('/');
  const raw = ipaddr.parse(address);
  const processed = ipaddr.process(address);
  const width = processed.kind() === 'ipv4' ? 32 : 128;
  const shift = raw.kind() === processed.kind() ? 0 : 96;
  return [processed, bits === undefined ? width : Math.max(0, Number(bits) - shift)];
}

function createTrustCheck(trustedProxies: readonly string[]) {
  const ranges = trustedProxies.map(parseRange);
  return (address: Address): boolean => ranges.some((range) => contains(range, address));
}

/** Returns a function that tells whether the peer of a connection is a trusted proxy. */
export function createProxyCheck(trustedProxies: readonly string[]) {
  const isTrusted = createTrustCheck(trustedProxies);
  return (remote: string | undefined): boolean => {
    const address = parse(remote ?? '');
    return address !== null && isTrusted(address);
  };
}

/**
 * Returns a function that finds the client's address. It walks X-Forwarded-For from right to left while the address
 * that reported an entry is a trusted proxy. A malformed entry stops the walk. Entries further left, which the client
 * itself may have written, are ignored (ASVS 4.1.3).
 */
export function createClientAddress(trustedProxies: readonly string[]) {
  const isTrusted = createTrustCheck(trustedProxies);

  return function clientAddress(remote: string | undefined, forwardedFor: string | undefined): string {
    let client = parse(remote ?? '');
    const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim());
    while (client && isTrusted(client)) {
      const previous = parse(hops.pop() ?? '');
      if (!previous) break;
      client = previous;
    }
    return client?.toString() ?? 'unknown';
  };
}

/** The unit of rate limits: the IPv4 address, or the /64 prefix of an IPv6 address, which one subscriber usually owns. */
export function addressPrefix(ip: string): string {
  const address = parse(ip);
  if (!(address instanceof ipaddr.IPv6)) return address?.toString() ?? ip;
  // 64:ff9b::/96 contains every IPv4 client of a translator (RFC 6052).
  if (address.range() === 'rfc6052') return address.toString();
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}

/** Longest pair of peer and X-Forwarded-For that is cached, in characters. The client chooses both. */
const maxCachedLength = 256;

export type AddressResolver = ReturnType<typeof createAddressResolver>;

/** Resolves client addresses and caches the result for each peer and X-Forwarded-For, because parsing is slow. */
export function createAddressResolver(trustedProxies: readonly string[]) {
  const addressOf = createClientAddress(trustedProxies);
  const cache = createLruCache<Pick<Client, 'ip' | 'network'>>(10_000);

  return function resolveAddress({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>) {
    const remote = socket.remoteAddress;
    const forwardedFor = headers['x-forwarded-for']?.toString();
    const key = `${remote} ${forwardedFor}`;
    const cached = cache.get(key);
    if (cached) return cached;
    const ip = addressOf(remote, forwardedFor);
    const address = { ip, network: addressPrefix(ip) };
    if (key.length <= maxCachedLength) cache.set(key, address);
    return address;
  };
}
