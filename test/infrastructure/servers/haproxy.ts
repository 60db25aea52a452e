import { type Configure, type Program, type RunningProxy, startProxy } from './proxy.ts';

export const haproxy: Program = {
  name: 'haproxy',
  install: 'apt-get install haproxy',
  versionOptions: ['-v'],
};

/** @param configure makes the whole configuration */
export function startHaproxy(configure: Configure): Promise<RunningProxy> {
  return startProxy(haproxy, 'haproxy.cfg', (file) => ['-db', '-f', file], configure);
}

/** Passes everything to one server, `host:port`, and adds the address of the client to X-Forwarded-For. */
export const haproxyForwarding =
  (upstream: string): Configure =>
  ({ listen }) =>
    `
defaults
  mode http
  timeout connect 5s
  timeout client 65s
  timeout server 65s
frontend clients
  bind ${listen}
  option forwardfor
  default_backend service
backend service
  server service ${upstream}
`;
