import { randomBytes } from 'node:crypto';
import type { IPod, IService } from 'kubernetes-models/v1';
import type { Kubectl } from '../cluster/kubectl.ts';
import type { Stores } from './stores.ts';

interface StorePod {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly args: string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ready: string[];
}

function podOf(namespace: string, { args, env = {}, image, name, port, ready }: StorePod): IPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          ...{ name, image, imagePullPolicy: 'IfNotPresent', args },
          env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
          ports: [{ containerPort: port }],
          readinessProbe: { exec: { command: ready }, periodSeconds: 1 },
          resources: { requests: { cpu: '50m', memory: '128Mi' } },
        },
      ],
    },
  };
}

const serviceOf = (namespace: string, { name, port }: StorePod): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port }] },
});

/**
 * Starts Postgres and Redis from their official images, without TLS and without a volume: for a cluster of a test, such as
 * kind. They end with their namespace.
 */
export async function startStores(
  kubectl: Kubectl,
  namespace: string,
  images: { readonly postgres: string; readonly redis: string },
): Promise<Stores> {
  const password = randomBytes(16).toString('hex');
  const postgres: StorePod = {
    ...{ name: 'postgres', image: images.postgres, port: 5432 },
    args: ['postgres', '-c', 'max_connections=300'],
    env: { POSTGRES_DB: 'auth', POSTGRES_PASSWORD: password, POSTGRES_USER: 'auth' },
    // The image first starts a server that listens on a socket only, to prepare the database.
    ready: ['pg_isready', '--host=127.0.0.1', '--username=auth'],
  };
  const redis: StorePod = {
    ...{ name: 'redis', image: images.redis, port: 6379 },
    args: ['redis-server', '--requirepass', password, '--save', ''],
    ready: ['redis-cli', 'ping'],
  };
  const stores = [postgres, redis];
  const objects = stores.flatMap((store) => [podOf(namespace, store), serviceOf(namespace, store)]);
  await kubectl.apply(objects);
  const ofNamespace = ['--namespace', namespace];
  const pods = stores.map(({ name }) => `pod/${name}`);
  await kubectl.must(['wait', ...pods, ...ofNamespace, '--for=condition=Ready', '--timeout=3m']);
  const addressOf = async ({ name }: StorePod): Promise<string> => {
    const template = ['-o', 'jsonpath={.spec.clusterIP}'];
    const address = await kubectl.must(['get', 'service', name, ...ofNamespace, ...template]);
    return address.includes(':') ? `[${address}]` : address;
  };
  return {
    databaseUrl: `postgresql://auth:${password}@${await addressOf(postgres)}:5432/auth?sslmode=disable`,
    redisUrl: `redis://:${password}@${await addressOf(redis)}:6379`,
    ca: null,
  };
}
