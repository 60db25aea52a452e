import type { SingleServerValues } from './schema.ts';

/** The names of the deployment guide: folder, unit and containers. The files in files/ contain the other paths. */
export const directory = '/opt/auth-system';
export const project = 'auth-system';
export const composeFile = 'docker-compose.prod.yml';
/** On the server. Compose mounts each file, so that a container sees the secrets of its own settings only. */
export const secretsFolder = '/etc/auth-system/secrets';

/** On the server, and in the container that writes them. It belongs to the user of the containers. */
export const backups = '/var/backups/auth-system';

/** Paths in the containers of the service. */
export const mounts = {
  secrets: '/run/secrets',
  databaseCa: '/run/certificates/database-ca.pem',
  redisCa: '/run/certificates/redis-ca.pem',
  publicKeys: '/run/public-keys',
} as const;

/** The replicas in the order in which a deployment replaces them, each with the last number of its fixed address. */
export const replicas = { 'auth-service-2': 12, 'auth-service': 11 } as const;

/**
 * An address of the network of the containers. The replicas have fixed ones: nginx resolves the names of an upstream only at
 * its start, and a container that is replaced would get another address.
 */
export function address({ singleServer }: SingleServerValues, last: number): string {
  return `${singleServer.network.split('.').slice(0, 3).join('.')}.${last}`;
}

/** nginx runs in the network of the machine, so that it sees the addresses of clients, and connects from here. */
export const gateway = (values: SingleServerValues): string => address(values, 1);
