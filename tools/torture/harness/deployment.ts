import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cgroup } from './cgroup.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import type { Wrap } from './process.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import type { ScenarioContext } from './scenario.ts';
import { migrateDatabase, type Service, startService } from './service.ts';

/** The servers and replicas of one scenario. */
export interface Deployment {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly replicas: Service[];
  readonly urls: string[];
  /** Starts one more replica. `name` is the name of its log and its data folder. */
  start(name: string, options?: { env?: Record<string, string>; port?: number }): Promise<Service>;
}

interface DeploymentOptions {
  /** @default 1 */
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cgroup?: Cgroup;
  /** @default a new one */
  readonly postgres?: PostgresServer;
  /** Changes the command of the replica with this number, which begins with 1. */
  readonly wrap?: (replica: number) => Wrap;
}

/** Starts Postgres, Redis and replicas of the service. The replicas share the signing key that the first one creates. */
export async function startDeployment(
  context: ScenarioContext,
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const { folder, cleanup } = context;
  const [postgres, redis] = await Promise.all([
    options.postgres ?? startPostgres(folder, cleanup),
    startRedis(folder, cleanup),
  ]);
  await migrateDatabase(postgres.url, folder);
  const dataDir = join(folder, 'shared');
  mkdirSync(dataDir, { recursive: true });

  async function start(
    name: string,
    more: { env?: Record<string, string>; port?: number; wrap?: Wrap | undefined } = {},
  ) {
    const env = {
      DB_PRIMARY_DB_URL: postgres.url,
      REDIS_URL: redis.url,
      DATA_DIR: dataDir,
      RATE_LIMIT: 'off',
      ...options.env,
      ...more.env,
    };
    const wrap = more.wrap ?? options.cgroup?.wrap;
    const service = await startService({
      folder,
      name,
      env,
      wrap,
      ...(more.port ? { port: more.port } : {}),
    });
    cleanup.add(async () => void (await service.process.stop('SIGKILL')));
    return service;
  }

  const replicas: Service[] = [];
  for (let n = 1; n <= (options.replicas ?? 1); n += 1)
    replicas.push(await start(`replica-${n}`, { wrap: options.wrap?.(n) }));
  return { postgres, redis, replicas, urls: replicas.map(({ url }) => url), start };
}
