import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Reads an IP address. An IPv4 address mapped into IPv6 becomes the IPv4 address, and the zone of a link-local address is
 * dropped. Null for any other text, also for `127.1` and `010.0.0.1`, which libraries read in different ways.
 */
export function parseAddress(text: string): Address | null {
  return isIP(text) ? ipaddr.process(text.replace(/%.*$/, '')) : null;
}

/** RFC 7239 section 6: digits, or an obfuscated port. Azure sends `203.0.113.9:4711`. */
const withPort = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/** Reads an address with or without brackets and port. `unknown`, `_hidden` and every other text is null. */
function parseNode(text: string): Address | null {
  const [, bracketed, plain] = withPort.exec(text) ?? [];
  if (bracketed !== undefined && isIP(bracketed) !== 6) return null;
  return parseAddress(bracketed ?? plain ?? text);
}

/** Longest element of `Forwarded` that is read, in characters. The client chooses the text. */
const maxElementLength = 512;

const token = "[\\w!#$%&'*+.^`|~-]+";
const pair = new RegExp(`\\s*(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")\\s*(?:;\\s*|$)`, 'y');

/** The value of `for` in one element of `Forwarded`, empty if there is none or more than one. Null if it is malformed. */
function forOf(element: string): string | null {
  const nodes: string[] = [];
  pair.lastIndex = 0;
  while (pair.lastIndex < element.length) {
    const [, name = '', plain, quoted = ''] = pair.exec(element) ?? [];
    if (name === '') return null;
    if (name.toLowerCase() === 'for') nodes.push(plain ?? quoted.replaceAll(/\\(.)/g, '$1'));
  }
  return nodes.length === 1 ? (nodes[0] ?? '') : '';
}

/**
 * The nodes of `Forwarded` (RFC 7239), last element first. The element of the proxy is the shortest well-formed one at the
 * end. Reading from the left, a quotation mark that the client left open would swallow it.
 */
function* forwardedNodes(field: string): Generator<string> {
  let rest = field;
  while (rest !== '') {
    let comma = rest.length;
    let node: string | null = null;
    do {
      comma = rest.lastIndexOf(',', comma - 1);
      node = forOf(rest.slice(comma + 1));
    } while (node === null && comma > 0 && rest.length - comma < maxElementLength);
    yield node ?? '';
    rest = node === null ? '' : rest.slice(0, Math.max(0, comma));
  }
}

/** `203.0.113.9:4711` and `2001:db8::1:4711`: the port is always there, and IPv6 has no brackets. */
const withoutPort = (field: string): string => field.replace(/:\d{1,5}$/, '');

/** The entries of a field that lists proxies, nearest proxy first. Null for a field that has the client only. */
function listOf(header: string, field: string): Iterable<string> | null {
  if (header === 'x-forwarded-for') return field.split(',').reverse();
  return header === 'forwarded' ? forwardedNodes(field) : null;
}

/**
 * The addresses that a forwarding field contains, nearest proxy first. A malformed entry ends them: entries before it may
 * be the client's own.
 * @param header name in lower case: x-forwarded-for, forwarded, or a field with the address of the client only
 * @param field the value; values of repeated fields are joined with commas
 */
export function* forwardedAddresses(header: string, field: string): Generator<Address> {
  const single = header === 'cloudfront-viewer-address' ? withoutPort(field.trim()) : field;
  for (const entry of listOf(header, field) ?? [single]) {
    const address = parseNode(entry.trim());
    if (!address) return;
    yield address;
  }
}
