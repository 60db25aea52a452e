import { domainToASCII, domainToUnicode } from 'node:url';

/*
 * One mailbox has one form in this service: the part before the @ in lower case, and the domain in its ASCII form (A-labels)
 * in lower case. It is stored, compared, counted, logged and shown in this form only
 * (docs/decisions/0034-one-form-of-each-name.md).
 */

/** RFC 5322 dot-atom. No quoted string, which is another spelling of the same mailbox, and no character beyond ASCII. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** `domainToASCII` ends at some of these characters and drops or decodes others, as in a URL. */
const noDomainCharacter = /[\0-\x20\x7f%#/:<>?@[\\\]^|]/;

const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/;

/** RFC 5321 section 4.5.3.1.1, in octets. */
const maxLocalLength = 64;
/** RFC 5321 section 4.5.3.1.3: a path of 256 octets with its angle brackets. */
const maxLength = 254;

/** Characters that a client may send: more than are stored, for spaces around the address. */
export const maxSentLength = 320;

/** Only A to Z: toLowerCase would turn other characters into ASCII letters, such as the Kelvin sign into k. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function localFault(local: string): string | null {
  if (local.length > maxLocalLength) return 'must have at most 64 characters before the @';
  if (/[^\0-\x7f]/.test(local)) {
    return 'must have only ASCII characters before the @, because many mail servers cannot deliver to others';
  }
  if (local.startsWith('"')) return 'must not have quotation marks before the @';
  if (localPart.test(local)) return null;
  return "must have letters, digits and !#$%&'*+/=?^_`{|}~- before the @, and single dots between them";
}

/** Versions of Node.js refuse, change or accept an A-label that encodes nothing beyond ASCII (RFC 5890 section 2.3.2.1). */
const hasWrongLabel = (ascii: string): boolean =>
  ascii.split('.').some((label) => label.startsWith('xn--') && !/[^\0-\x7f]/.test(domainToUnicode(label)));

/** @param domain as it was sent. @param ascii its A-labels, empty if it has none */
function domainFault(domain: string, ascii: string): string | null {
  if (/^\[.*\]$|^[\d.]+$/.test(domain) || /^[\d.]+$/.test(ascii)) {
    return 'must have a domain after the @, not an IP address';
  }
  if (domainName.test(ascii) && ascii.length <= 253 && !hasWrongLabel(ascii)) return null;
  return 'must have the full name of a domain after the @, such as example.com';
}

function parse(text: string): { readonly address: string; readonly fault: string | null } {
  const trimmed = text.trim();
  const [, before, domain = ''] = /^(.*)@(.*)$/s.exec(trimmed) ?? [];
  if (before === undefined) return { address: trimmed, fault: 'must be an address such as user@example.com' };
  const local = lowerAscii(before);
  const ascii = noDomainCharacter.test(domain) ? '' : domainToASCII(domain);
  const address = `${local}@${ascii}`;
  const isTooLong = address.length > maxLength;
  const fault = isTooLong ? 'must have at most 254 characters in ASCII form' : null;
  return { address, fault: localFault(local) ?? domainFault(domain, ascii) ?? fault };
}

/** Why the text is no address that an account can have, or null. */
export const emailFault = (text: string): string | null => parse(text).fault;

/**
 * The one form of an address for look-ups. A text that no account can have today is only trimmed and brought to lower case:
 * earlier releases accepted some such addresses, and their accounts still log in.
 */
export function canonicalEmail(text: string): string {
  const { address, fault } = parse(text);
  return fault === null ? address : lowerAscii(text.trim());
}

/** The beginning of an address, as it is stored. A domain beyond ASCII must be whole, because its A-label is. */
export function canonicalEmailPrefix(text: string): string {
  const prefix = lowerAscii(text.trim());
  const [, local, domain = ''] = /^(.*@)(.*)$/s.exec(prefix) ?? [];
  const ascii = /[^\0-\x7f]/.test(domain) && !noDomainCharacter.test(domain) ? domainToASCII(domain) : '';
  return local !== undefined && ascii !== '' ? local + ascii : prefix;
}
