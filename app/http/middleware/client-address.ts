import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { type Config, resolveProxies } from '../../config/config.ts';
import { createLruCache } from '../../store/lru-cache.ts';
import type { Client } from '../client.ts';
import { type Address, forwardedAddresses, parseAddress } from './forwarded-addresses.ts';

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

function createRangeCheck(blocks: readonly string[]) {
  const ranges = blocks.map(parseRange);
  return (address: Address): boolean => ranges.some((range) => contains(range, address));
}

/** What the peer and the reporter of each entry may be trusted with. */
function createTrustCheck(trustedProxies: readonly string[]) {
  const { blocks, platform } = resolveProxies(trustedProxies);
  const isPlatform = platform?.peers ? createRangeCheck(platform.peers) : () => platform !== null;
  return {
    isTrusted: createRangeCheck(blocks),
    /** How many entries at the end of the list the platform has written, if the peer is one of its proxies. */
    certainEntries: (peer: Address): number => (platform && isPlatform(peer) ? platform.entries : 0),
  };
}

/** Returns a function that tells whether the peer of a connection is a trusted proxy. */
export function createProxyCheck(trustedProxies: readonly string[]) {
  const { certainEntries, isTrusted } = createTrustCheck(trustedProxies);
  return (remote: string | undefined): boolean => {
    const address = parseAddress(remote ?? '');
    return address !== null && (certainEntries(address) > 0 || isTrusted(address));
  };
}

/**
 * Returns a function that finds the client's address. X-Forwarded-For and Forwarded list every proxy: the list is walked from
 * right to left while the address that reported an entry is a trusted proxy. Any other header is set by the nearest trusted
 * proxy and contains the client only. A malformed entry stops the walk. Entries further left, which the client itself may
 * have written, are ignored (ASVS 4.1.3). A platform appends a fixed number of entries, whatever addresses they contain.
 * @param header name in lower case
 */
export function createClientAddress(trustedProxies: readonly string[], header: string) {
  const { certainEntries, isTrusted } = createTrustCheck(trustedProxies);

  return function clientAddress(remote: string | undefined, field: string | undefined): string {
    let client = parseAddress(remote ?? '');
    if (!client) return 'unknown';
    let certain = certainEntries(client);
    if ((certain === 0 && !isTrusted(client)) || field === undefined) return client.toString();
    for (const address of forwardedAddresses(header, field)) {
      client = address;
      certain -= 1;
      if (certain <= 0 && !isTrusted(client)) break;
    }
    return client.toString();
  };
}

/** The unit of rate limits: the IPv4 address, or the /64 prefix of an IPv6 address, which one subscriber usually owns. */
export function addressPrefix(ip: string): string {
  const address = parseAddress(ip);
  if (!(address instanceof ipaddr.IPv6)) return address?.toString() ?? ip;
  // 64:ff9b::/96 contains every IPv4 client of a translator (RFC 6052).
  if (address.range() === 'rfc6052') return address.toString();
  return `${new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}

/** Longest pair of peer and forwarding header that is cached, in characters. The client chooses both. */
const maxCachedLength = 256;

type AddressedRequest = Pick<IncomingMessage, 'socket' | 'headers'> &
  Partial<Pick<IncomingMessage, 'headersDistinct'>>;

export type AddressResolver = ReturnType<typeof createAddressResolver>;

/** Resolves client addresses and caches the result for each peer and forwarding header, because parsing is slow. */
export function createAddressResolver({
  trustedProxies,
  clientIpHeader,
}: Pick<Config['http'], 'trustedProxies' | 'clientIpHeader'>) {
  const addressOf = createClientAddress(trustedProxies, clientIpHeader);
  const cache = createLruCache<Pick<Client, 'ip' | 'network'>>(10_000);
  const hasPlatform = resolveProxies(trustedProxies).platform !== null;

  /**
   * Heroku has appended its entry to the first of several fields, so that the client wrote the end of the list. Then nobody
   * knows which entry is that of the platform, and none is used.
   */
  function fieldOf({ headers, headersDistinct }: AddressedRequest): string | undefined {
    const isAmbiguous = hasPlatform && (headersDistinct?.[clientIpHeader]?.length ?? 0) > 1;
    return isAmbiguous ? undefined : headers[clientIpHeader]?.toString();
  }

  return function resolveAddress(request: AddressedRequest) {
    const remote = request.socket.remoteAddress;
    const field = fieldOf(request);
    const key = `${remote} ${field}`;
    const cached = cache.get(key);
    if (cached) return cached;
    const ip = addressOf(remote, field);
    const address = { ip, network: addressPrefix(ip) };
    if (key.length <= maxCachedLength) cache.set(key, address);
    return address;
  };
}
