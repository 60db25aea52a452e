import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';

/** The deployment that is verified, and how it is reached. */
export interface Target {
  readonly url: URL;
  /** The host without the brackets of an IPv6 address. */
  readonly host: string;
  readonly isHttps: boolean;
  /** Whether the host is a loopback address: a development machine, without TLS and with ENV=development. */
  readonly isLoopback: boolean;
  /** The address to connect to instead of that of the DNS. */
  readonly address: string | undefined;
  /** Certificates of CAs in PEM form, all that are trusted; undefined for those of Node.js. */
  readonly ca: readonly string[] | undefined;
  /** Accepts any certificate. */
  readonly isInsecure: boolean;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** @param options.ca the text of a file of CA certificates, trusted beside those of Node.js */
export function createTarget(
  url: URL,
  options: {
    readonly addresses?: ReadonlyMap<string, string>;
    readonly ca?: string | undefined;
    readonly isInsecure?: boolean;
  } = {},
): Target {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    url,
    host,
    isHttps: url.protocol === 'https:',
    isLoopback: loopback.test(host),
    address: options.addresses?.get(host),
    ca: options.ca === undefined ? undefined : [...rootCertificates, options.ca],
    isInsecure: options.isInsecure ?? false,
  };
}

/** Answers as the DNS would, with one fixed address. */
export const fixedLookup =
  (address: string): LookupFunction =>
  (_host, options, done) => {
    const family = isIP(address);
    // Node.js asks for all addresses when it tries one family after the other.
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };

/** The options of a TLS connection; a server name must not be an address (RFC 6066 section 3). */
export const tlsOptions = ({ ca, host }: Target) => ({
  ...(ca && { ca: [...ca] }),
  ...(isIP(host) ? {} : { servername: host }),
});
