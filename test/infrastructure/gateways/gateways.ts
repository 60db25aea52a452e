import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caddy, startCaddy } from '../servers/caddy.ts';
import { envoy, startEnvoy } from '../servers/envoy.ts';
import { haproxy, startHaproxy } from '../servers/haproxy.ts';
import { nginx, startNginx } from '../servers/nginx.ts';
import type { Program, RunningProxy } from '../servers/proxy.ts';
import { startTraefik, traefik } from '../servers/traefik.ts';
import { type Addresses, documented } from './documented.ts';

export interface Gateway {
  readonly title: string;
  readonly program: Program;
  /** What the gateway answers when the auth service does not. */
  readonly statusWithoutService: number;
  /** Whether the documented configuration removes fields by pattern, and not only by name. */
  readonly removesByPattern: boolean;
  start(addresses: Omit<Addresses, 'listen'>): Promise<RunningProxy>;
}

const socket = (host: string, port: string | number) => `address: ${host}, port_value: ${port}`;

/** Envoy writes address and port of a server apart. */
function envoyConfiguration(addresses: Addresses, port: number): string {
  const places = {
    'auth-service': addresses.auth,
    orders: addresses.orders,
    'back-office': addresses.backOffice,
  };
  let text = documented('Envoy', 'yaml', addresses).replace(
    socket('0.0.0.0', 8080),
    socket('127.0.0.1', port),
  );
  for (const [name, place] of Object.entries(places)) {
    const [host = '', hostPort = ''] = place.split(':');
    const documentedPort = name === 'auth-service' ? 8000 : 8080;
    text = text.replace(socket(name, documentedPort), socket(host, hostPort));
  }
  return text;
}

/** Every gateway that docs/gateways.md configures, with the text of the document. */
export const gateways: readonly Gateway[] = [
  {
    title: 'nginx',
    program: nginx,
    statusWithoutService: 500,
    removesByPattern: false,
    start: (addresses) =>
      startNginx(({ listen }) =>
        documented('nginx', 'nginx', { ...addresses, listen }).replace('listen 8080', `listen ${listen}`),
      ),
  },
  {
    title: 'Caddy',
    program: caddy,
    statusWithoutService: 502,
    removesByPattern: true,
    start: (addresses) =>
      startCaddy(({ listen, port }) =>
        documented('Caddy', 'caddyfile', { ...addresses, listen }).replace(
          ':8080 {',
          `http://:${port} {\n  bind 127.0.0.1`,
        ),
      ),
  },
  {
    title: 'HAProxy',
    program: haproxy,
    statusWithoutService: 503,
    removesByPattern: true,
    start: (addresses) =>
      startHaproxy(({ listen, folder }) => {
        const places = { ...addresses, listen };
        const script = join(folder, 'auth-request.lua');
        writeFileSync(script, documented('HAProxy', 'lua', places));
        return documented('HAProxy', 'haproxy', places)
          .replace('/etc/haproxy/auth-request.lua', script)
          .replace('bind :8080', `bind ${listen}`);
      }),
  },
  {
    title: 'Envoy',
    program: envoy,
    statusWithoutService: 503,
    removesByPattern: true,
    start: (addresses) =>
      startEnvoy(({ port, listen }) => envoyConfiguration({ ...addresses, listen }, port)),
  },
  {
    title: 'Traefik',
    program: traefik,
    statusWithoutService: 500,
    removesByPattern: true,
    start: (addresses) =>
      startTraefik(({ listen }) => documented('Traefik', 'yaml', { ...addresses, listen })),
  },
];
