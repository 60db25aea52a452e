/** Where Kong finds its configuration in the container. */
export const configPath = '/etc/kong/kong.yml';

export interface KongSettings {
  /** The port on which Kong listens. Its own default, 8000, is that of the service. */
  readonly port: number;
  /** The proxies in front of Kong, in CIDR. Kong believes only their X-Forwarded-For. */
  readonly trustedProxies: readonly string[];
}

/**
 * The environment of a Kong without a database. Its admin API is off: the configuration is a file, and anyone who
 * reaches that API could replace it.
 */
export function kongSettings({ port, trustedProxies }: KongSettings): Record<string, string> {
  return {
    KONG_DATABASE: 'off',
    KONG_DECLARATIVE_CONFIG: configPath,
    KONG_PROXY_LISTEN: `0.0.0.0:${port}`,
    KONG_ADMIN_LISTEN: 'off',
    KONG_ADMIN_GUI_LISTEN: 'off',
    KONG_ROUTER_FLAVOR: 'traditional_compatible',
    KONG_TRUSTED_IPS: trustedProxies.join(','),
    ...(trustedProxies.length > 0 && {
      KONG_REAL_IP_HEADER: 'X-Forwarded-For',
      KONG_REAL_IP_RECURSIVE: 'on',
    }),
    // Neither Server nor Via nor X-Kong-…, which tell strangers the version.
    KONG_HEADERS: 'off',
    // Below KEEP_ALIVE_TIMEOUT of the service, so that Kong sends nothing on a connection that the service closes.
    KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT: '60',
    KONG_PROXY_ACCESS_LOG: '/dev/stdout',
    KONG_PROXY_ERROR_LOG: '/dev/stderr',
  };
}
