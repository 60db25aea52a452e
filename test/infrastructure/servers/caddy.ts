import { type Configure, type Program, type RunningProxy, startProxy } from './proxy.ts';

export const caddy: Program = {
  name: 'caddy',
  install: 'apt-get install caddy',
  versionOptions: ['version'],
};

/** Caddy opens no administration port. Its state goes to HOME, which is the folder of this proxy. */
const globalOptions = '{\n  admin off\n  auto_https off\n}\n';

/** @param configure makes the Caddyfile without its global options */
export function startCaddy(configure: Configure): Promise<RunningProxy> {
  const options = (file: string) => ['run', '--config', file, '--adapter', 'caddyfile'];
  return startProxy(caddy, 'Caddyfile', options, (place) => globalOptions + configure(place));
}

/**
 * Passes everything to one server, `host:port`, and adds the address of the client to X-Forwarded-For. Caddy would
 * discard what a client from another host says there.
 */
export const caddyForwarding =
  (upstream: string): Configure =>
  ({ listen, port }) =>
    `
http://:${port} {
  bind ${listen.split(':')[0]}
  reverse_proxy ${upstream} {
    trusted_proxies 127.0.0.1/32
  }
}
`;
