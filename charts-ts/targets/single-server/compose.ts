import { stringify } from 'yaml';
import { imageReference } from '../../workload/process.ts';
import { backupContainer } from './backup.ts';
import { hardened, type Services, serviceContainers } from './containers.ts';
import { directory, gateway, project, secretsFolder } from './layout.ts';
import type { SingleServerValues } from './schema.ts';
import { dependencies, storeContainers } from './stores.ts';

const header = `# npm run synth -- --target single-server writes this file. It runs in ${directory}, see docs/deploy/single-server.md.
# A file .env beside it, with mode 600, can set AUTH_SERVICE_IMAGE, AUTH_BACKUP_IMAGE and further variables of docs/configuration.md.
`;

/** nginx in the network of the machine. In a network of Docker, clients with IPv6 would all have the address of its gateway. */
function nginx({ singleServer }: SingleServerValues) {
  return {
    image: imageReference(singleServer.nginx.image),
    ...hardened,
    // For ports below 1024, and for workers with a user of their own. nginx gives this user the log when it is rotated, and could
    // not open it again without DAC_OVERRIDE.
    cap_add: ['NET_BIND_SERVICE', 'SETUID', 'SETGID', 'CHOWN', 'DAC_OVERRIDE'],
    network_mode: 'host',
    command: ['nginx', '-g', 'daemon off;'],
    volumes: [
      // Folders, because a mounted file would stay the old one when another replaces it.
      `${directory}/nginx:/etc/nginx:ro`,
      '/etc/auth-system/nginx:/etc/auth-system/nginx:ro',
      '/etc/auth-system/tls:/etc/auth-system/tls:ro',
      '/var/lib/auth-system/acme:/var/www/acme:ro',
      '/var/log/auth-system:/var/log/nginx',
    ],
    tmpfs: ['/run', '/var/cache/nginx', '/var/lib/nginx', '/tmp'],
    ulimits: { nofile: { soft: 16_384, hard: 16_384 } },
    cpus: '1',
    mem_limit: '128m',
    restart: 'unless-stopped',
    // Answers that are being sent may take as long as the service allows.
    stop_signal: 'SIGQUIT',
    stop_grace_period: '30s',
    healthcheck: {
      test: ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/443'],
      interval: '30s',
      timeout: '5s',
      retries: 3,
      start_period: '30s',
      start_interval: '1s',
    },
  };
}

/** The network has fixed addresses in its lower half. Containers of jobs get one of the upper half. */
function network(values: SingleServerValues) {
  const subnet = values.singleServer.network;
  return {
    driver: 'bridge',
    ipam: {
      config: [{ subnet, gateway: gateway(values), ip_range: subnet.replace(/\.0\/24$/, '.128/25') }],
    },
  };
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Without empty lists and maps, which say nothing. */
function compact(services: Services): Services {
  const kept = Object.entries(services).map(([name, service]) => [
    name,
    Object.fromEntries(Object.entries(service).filter(([, value]) => !isEmpty(value))),
  ]);
  return Object.fromEntries(kept);
}

function secretFiles(services: Services) {
  const names = new Set(Object.values(services).flatMap(({ secrets = [] }) => secrets));
  return Object.fromEntries([...names].sort().map((name) => [name, { file: `${secretsFolder}/${name}` }]));
}

/** The text of docker-compose.prod.yml. */
export function composeText(values: SingleServerValues): string {
  const services: Services = {
    ...serviceContainers(values, dependencies(values)),
    nginx: nginx(values),
    ...storeContainers(values),
    backup: backupContainer(values),
  };
  const document = {
    name: project,
    services: compact(services),
    networks: { default: network(values) },
    secrets: secretFiles(services),
    ...('auth-db' in services && { volumes: { 'auth-db-data': {} } }),
  };
  // Docker reads YAML 1.1 in part, in which an unquoted no is a boolean.
  return header + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' });
}
