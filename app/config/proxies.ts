/** Blocks of addresses by name. Only proxies may have an address of them that reaches the service. */
const ranges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  // RFC 1918, RFC 4193, RFC 6598, and link-local addresses (RFC 3927, RFC 4291).
  private: [
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
    ...['fc00::/7', 'fe80::/10'],
  ],
  // https://www.cloudflare.com/ips/
  cloudflare: [
    ...['173.245.48.0/20', '103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '141.101.64.0/18'],
    ...['108.162.192.0/18', '190.93.240.0/20', '188.114.96.0/20', '197.234.240.0/22', '198.41.128.0/17'],
    ...['162.158.0.0/15', '104.16.0.0/13', '104.24.0.0/14', '172.64.0.0/13', '131.0.72.0/22'],
    ...['2400:cb00::/32', '2606:4700::/32', '2803:f800::/32', '2405:b500::/32', '2405:8100::/32'],
    ...['2a06:98c0::/29', '2c0f:f248::/32'],
  ],
};

/** A platform whose proxies append a fixed number of entries to X-Forwarded-For. The first of these is the client. */
export interface Platform {
  readonly entries: number;
  /** Addresses that its proxies connect from. Null if the platform documents none: then every peer is its proxy. */
  readonly peers: readonly string[] | null;
}

/** docs/proxies.md has the sources. */
const platforms: Readonly<Record<string, Platform>> = {
  heroku: { entries: 1, peers: null },
  'cloud-run': { entries: 1, peers: null },
  // The client, and then the address of the load balancer.
  'google-load-balancer': { entries: 2, peers: ['35.191.0.0/16', '130.211.0.0/22'] },
  'aws-load-balancer': { entries: 1, peers: ranges.private ?? [] },
  'azure-application-gateway': { entries: 1, peers: ranges.private ?? [] },
};

export const platformNames = Object.keys(platforms);
/** What TRUSTED_PROXIES accepts beside addresses and blocks. */
export const proxyNames = [...Object.keys(ranges), ...platformNames];

/** The blocks of the list with names replaced, and the platform that the list names. */
export function resolveProxies(list: readonly string[]): {
  readonly blocks: readonly string[];
  readonly platform: Platform | null;
} {
  const isPlatform = (item: string): boolean => platformNames.includes(item);
  const name = list.find(isPlatform);
  return {
    blocks: list.filter((item) => !isPlatform(item)).flatMap((item) => ranges[item] ?? [item]),
    platform: (name && platforms[name]) || null,
  };
}
