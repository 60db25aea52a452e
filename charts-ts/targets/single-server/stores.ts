import { userId } from '../../names.ts';
import { imageReference } from '../../workload/process.ts';
import { type Dependencies, hardened, type Services } from './containers.ts';
import { directory, mounts } from './layout.ts';
import type { SingleServerValues } from './schema.ts';

const healthcheck = (test: readonly string[]) => ({
  test: [...test],
  interval: '30s',
  timeout: '5s',
  retries: 3,
  start_period: '60s',
  start_interval: '1s',
});

function postgres({ singleServer }: SingleServerValues) {
  return {
    image: imageReference(singleServer.postgres.image),
    // The user of the image, so that its entrypoint needs no capability, and the group that may read the secrets.
    user: '999:999',
    group_add: [`${userId}`],
    ...hardened,
    environment: {
      POSTGRES_USER: 'postgres',
      POSTGRES_PASSWORD_FILE: `${mounts.secrets}/db-superuser-password`,
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --auth-host=scram-sha-256 --data-checksums',
    },
    secrets: ['db-superuser-password', 'db-url', 'db-owner-url'],
    volumes: [
      'auth-db-data:/var/lib/postgresql/data',
      `${directory}/postgres/roles.sh:/docker-entrypoint-initdb.d/10-roles.sh:ro`,
    ],
    tmpfs: ['/tmp', '/var/run/postgresql:uid=999,gid=999,mode=2775'],
    shm_size: '128m',
    cpus: '1',
    mem_limit: '512m',
    restart: 'unless-stopped',
    stop_grace_period: '60s',
    // Over TCP, on which the server listens only after its entrypoint has prepared the database.
    healthcheck: healthcheck(['CMD', 'pg_isready', '--host=127.0.0.1', '--username=postgres', '--timeout=3']),
  };
}

function redis({ singleServer }: SingleServerValues) {
  return {
    image: imageReference(singleServer.redis.image),
    user: `${userId}:${userId}`,
    ...hardened,
    entrypoint: ['bash', '/opt/redis/start.sh'],
    secrets: ['redis-url'],
    volumes: [`${directory}/redis:/opt/redis:ro`],
    cpus: '0.5',
    mem_limit: '128m',
    restart: 'unless-stopped',
    // A server that demands the password has started.
    healthcheck: healthcheck(['CMD-SHELL', 'redis-cli ping | grep -Eq "PONG|NOAUTH"']),
  };
}

/** The stores on this server, or none. */
export function storeContainers(values: SingleServerValues): Services {
  if (values.singleServer.stores === 'managed') return {};
  return { 'auth-db': postgres(values), 'auth-redis': redis(values) };
}

/** The stores on this server, for which other containers wait. */
export function dependencies(values: SingleServerValues): Dependencies {
  const names = Object.keys(storeContainers(values));
  return Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' }]));
}
