import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Canonical form; an IPv4 address mapped into IPv6 is the IPv4 address. Null when it is no address. */
function parse(text: string): Address | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

function contains(range: [Address, number], address: Address): boolean {
  return range[0].kind() === address.kind() && address.match(range);
}

/** `::ffff:10.0.0.0/104` means 10.0.0.0/8: addresses are compared in their unmapped form. */
function parseRange(text: string): [Address, number] {
  const [address = '', bits] = text.split('/');
  const raw = ipaddr.parse(address);
  const processed = ipaddr.process(address);
  const width = processed.kind() === 'ipv4' ? 32 : 128;
  const shift = raw.kind() === processed.kind() ? 0 : 96;
  return [processed, bits === undefined ? width : Math.max(0, Number(bits) - shift)];
}

/**
 * Finds the client's address. X-Forwarded-For is walked from the right for as long as the address that reported an
 * entry is a trusted proxy; a malformed entry stops the walk. Whatever a client wrote further left counts for nothing
 * (ASVS 4.1.3).
 */
export function createClientAddress(trustedProxies: readonly string[]) {
  const ranges = trustedProxies.map(parseRange);
  const isTrusted = (address: Address): boolean => ranges.some((range) => contains(range, address));

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

/** What limits count: the address itself, for IPv6 its /64, which a single subscriber usually owns whole. */
export function addressPrefix(ip: string): string {
  const address = parse(ip);
  if (!(address instanceof ipaddr.IPv6)) return ip;
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}

export interface ClientPlace {
  /** In canonical form, or `unknown` when the connection is gone already. */
  readonly ip: string;
  /** What limits count. */
  readonly network: string;
}

/** Longest pair of peer and X-Forwarded-For that is remembered, in characters: both are the caller's to choose. */
const maxRemembered = 256;

export type PlaceOf = ReturnType<typeof createClientPlaces>;

/** Where requests come from, found out once for each peer and what it forwards: parsing addresses is slow. */
export function createClientPlaces(trustedProxies: readonly string[]) {
  const addressOf = createClientAddress(trustedProxies);
  const known = new LRUCache<string, ClientPlace>({ max: 10_000 });

  return function placeOf(remote: string | undefined, forwardedFor: string | undefined): ClientPlace {
    const key = `${remote} ${forwardedFor}`;
    const remembered = known.get(key);
    if (remembered) return remembered;
    const ip = addressOf(remote, forwardedFor);
    const place = { ip, network: addressPrefix(ip) };
    if (key.length <= maxRemembered) known.set(key, place);
    return place;
  };
}
