import { caddy, caddyForwarding, startCaddy } from './caddy.ts';
import { haproxy, haproxyForwarding, startHaproxy } from './haproxy.ts';
import { nginx, nginxForwarding, startNginx } from './nginx.ts';
import type { Configure, Program, RunningProxy } from './proxy.ts';

/** What TEST_PROXY may be. */
export type ProxyName = 'nginx' | 'caddy' | 'haproxy';

interface Proxy {
  readonly program: Program;
  start(configure: Configure): Promise<RunningProxy>;
  readonly forwarding: (upstream: string) => Configure;
}

/** The proxies that the tests can run behind. */
export const proxies: Readonly<Record<ProxyName, Proxy>> = {
  nginx: { program: nginx, start: startNginx, forwarding: nginxForwarding },
  caddy: { program: caddy, start: startCaddy, forwarding: caddyForwarding },
  haproxy: { program: haproxy, start: startHaproxy, forwarding: haproxyForwarding },
};

/** Starts a proxy that passes everything to one server, `host:port`. */
export function forwardTo(name: ProxyName, upstream: string): Promise<RunningProxy> {
  const { start, forwarding } = proxies[name];
  return start(forwarding(upstream));
}
