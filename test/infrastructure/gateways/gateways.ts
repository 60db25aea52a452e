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
  /** Whether the document says how OPTIONS reaches the application without a token. */
  readonly canExemptOptions: boolean;
  start(addresses: Addresses): Promise<RunningProxy>;
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
    canExemptOptions: true,
    start: (addresses) =>
      startNginx(({ listen }) =>
        documented('nginx', 'nginx', addresses).replace('listen 8080', `listen ${listen}`),
      ),
  },
  {
    title: 'Caddy',
    program: caddy,
    statusWithoutService: 502,
    removesByPattern: true,
    canExemptOptions: true,
    start: (addresses) =>
      startCaddy(({ port }) =>
        documented('Caddy', 'caddyfile', addresses).replace(':8080 {', `http://:${port} {\n  bind 127.0.0.1`),
      ),
  },
  {
    title: 'HAProxy',
    program: haproxy,
    statusWithoutService: 503,
    removesByPattern: true,
    canExemptOptions: true,
    start: (addresses) =>
      startHaproxy(({ listen, folder }) => {
        const script = join(folder, 'auth-request.lua');
        writeFileSync(script, documented('HAProxy', 'lua', { ...addresses, exemptsOptions: false }));
        return documented('HAProxy', 'haproxy', addresses)
          .replace('/etc/haproxy/auth-request.lua', script)
          .replace('bind :8080', `bind ${listen}`);
      }),
  },
  {
    title: 'Envoy',
    program: envoy,
    statusWithoutService: 503,
    removesByPattern: true,
    canExemptOptions: false,
    start: (addresses) => startEnvoy(({ port }) => envoyConfiguration(addresses, port)),
  },
  {
    title: 'Traefik',
    program: traefik,
    statusWithoutService: 500,
    removesByPattern: true,
    canExemptOptions: false,
    start: (addresses) => startTraefik(() => documented('Traefik', 'yaml', addresses), '/orders/'),
  },
];
